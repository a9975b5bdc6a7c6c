import {
  type AttachEvent,
  type ExecuteRequest,
  type ExecutionStatus,
  emptyStatus,
  type Health,
  hasEnded,
  type Offsets,
  type RuntimeClient,
  RuntimeError,
  type StreamName,
} from '../../agents/protocol/index.ts';

/** One execution that a test drives: print to it, then end it. */
export class FakeExecution {
  readonly request: ExecuteRequest;
  readonly output: Extract<AttachEvent, { type: 'chunk' | 'truncated' }>[] = [];
  cancelled = false;
  status: ExecutionStatus;
  /** What Cancel does to a running program; by default SIGTERM ends it. */
  onCancel: (execution: FakeExecution) => void = self => self.end({ exitCode: 143, signal: 'SIGTERM' });
  readonly #written = { stdout: 0, stderr: 0 };
  #changed = Promise.withResolvers<void>();

  constructor(request: ExecuteRequest) {
    this.request = request;
    this.status = emptyStatus(request.id, 'running');
  }

  get ended(): boolean {
    return hasEnded(this.status);
  }

  /** Resolves at the next output or state change. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  /** The program writes `text` (or bytes) to a stream. */
  print(text: string | Uint8Array, stream: StreamName = 'stdout'): this {
    const data = Buffer.from(text as string);
    this.output.push({ type: 'chunk', stream, offset: this.#written[stream], data });
    this.#written[stream] += data.length;
    return this.#notify();
  }

  /** The output cap drops the next `dropped` bytes of a stream. */
  drop(dropped: number, stream: StreamName = 'stdout'): this {
    this.output.push({ type: 'truncated', stream, offset: this.#written[stream], dropped });
    this.#written[stream] += dropped;
    return this.#notify();
  }

  /** The program ends; succeeded when the exit code is 0 and no reason says otherwise. */
  end(result: Partial<ExecutionStatus> = {}): this {
    if (this.ended) return this;
    const state = (result.exitCode ?? 0) === 0 && !result.reason ? 'succeeded' : 'failed';
    this.status = { ...this.status, state, ...result };
    return this.#notify();
  }

  #notify(): this {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    return this;
  }
}

type Call = Exclude<keyof RuntimeClient, 'close'>;

/** An in-memory Runtime Server behind the client's interface: scripted executions and injected faults. */
export class FakeRuntimeServer implements RuntimeClient {
  readonly executions = new Map<string, FakeExecution>();
  /** Every Execute that arrived, repeats included. */
  readonly requests: ExecuteRequest[] = [];
  /** Starts that really happened: one per id unless a restart lost it. */
  readonly starts: string[] = [];
  /** What a program does once it's started; by default it runs until the test ends it. */
  script: (execution: FakeExecution) => void = () => {};
  hasAttach = true;
  healthy: Health = { healthy: true, message: '' };
  closed = false;
  readonly #faults: { call: Call; error: RuntimeError; afterEffect: boolean }[] = [];
  #down = false;
  #broken = new AbortController();

  /** The next call of this name fails with `code`; `afterEffect`: it takes effect and only the reply is lost. */
  failNext(call: Call, code: RuntimeError['code'] = 'unavailable', afterEffect = false): this {
    this.#faults.push({ call, error: new RuntimeError(code, `injected ${code}`), afterEffect });
    return this;
  }

  /** The server is gone: streams break and every call is `unavailable`, while its executions go on. */
  goDown(): this {
    this.#down = true;
    this.#broken.abort(new RuntimeError('unavailable', 'connection lost'));
    return this;
  }

  /** The server answers again, and still knows its executions. */
  comeBack(): this {
    this.#down = false;
    this.#broken = new AbortController();
    return this;
  }

  /** The server was killed and started anew: it knows nothing, and what ran is dead. */
  restart(): this {
    this.goDown();
    this.executions.clear();
    return this.comeBack();
  }

  /** The execution of this id; throws when none was started. */
  execution(id: string): FakeExecution {
    const found = this.executions.get(id);
    if (!found) throw new RuntimeError('notFound', `no execution ${id}`);
    return found;
  }

  execute(request: ExecuteRequest): Promise<string> {
    return this.#call('execute', () => {
      this.requests.push(request);
      if (!this.executions.has(request.id)) {
        const execution = new FakeExecution(request);
        this.executions.set(request.id, execution);
        this.starts.push(request.id);
        this.script(execution);
      }
      return request.id;
    });
  }

  status(id: string): Promise<ExecutionStatus> {
    return this.#call('status', () => {
      const { status, output } = this.execution(id);
      const text = (stream: StreamName) =>
        output
          .map(event => (event.type === 'chunk' && event.stream === stream ? Buffer.from(event.data).toString() : ''))
          .join('');
      return { ...status, stdout: text('stdout'), stderr: text('stderr') };
    });
  }

  list(): Promise<ExecutionStatus[]> {
    return this.#call('list', () => [...this.executions.values()].map(({ status }) => status));
  }

  cancel(id: string): Promise<void> {
    return this.#call('cancel', () => {
      const execution = this.execution(id);
      if (execution.ended || execution.cancelled) return;
      execution.cancelled = true;
      execution.onCancel(execution);
    });
  }

  forget(id: string): Promise<void> {
    return this.#call('forget', () => {
      this.executions.get(id)?.end({ exitCode: 137, signal: 'SIGKILL' });
      this.executions.delete(id);
    });
  }

  health(): Promise<Health> {
    return this.#call('health', () => this.healthy);
  }

  async *attach(id: string, offsets: Offsets, signal: AbortSignal): AsyncGenerator<AttachEvent> {
    const execution = await this.#call('attach', () => {
      if (!this.hasAttach) throw new RuntimeError('unimplemented', 'no Attach');
      return this.execution(id);
    });
    const broken = AbortSignal.any([signal, this.#broken.signal]);
    for (let next = 0; ; ) {
      broken.throwIfAborted();
      const { changed } = execution;
      const event = execution.output[next];
      if (event) {
        next += 1;
        const rest = after(event, offsets[event.stream]);
        if (rest) yield rest;
      } else if (execution.ended) {
        yield { type: 'final', status: execution.status };
        return;
      } else {
        await Promise.race([changed, aborted(broken)]);
      }
    }
  }

  close(): void {
    this.closed = true;
  }

  async #call<T>(call: Call, effect: () => T): Promise<T> {
    if (this.#down) throw new RuntimeError('unavailable', 'connection refused');
    const index = this.#faults.findIndex(fault => fault.call === call);
    const [fault] = index < 0 ? [] : this.#faults.splice(index, 1);
    if (fault && !fault.afterEffect) throw fault.error;
    const result = effect();
    if (fault) throw fault.error;
    return result;
  }
}

/** The part of an event at or behind `offset`, undefined when the caller has all of it. */
function after(event: FakeExecution['output'][number], offset: number): AttachEvent | undefined {
  if (event.type === 'truncated') return event.offset + event.dropped > offset ? event : undefined;
  const skip = Math.max(0, offset - event.offset);
  if (skip === 0) return event;
  return skip < event.data.length ? { ...event, offset, data: event.data.subarray(skip) } : undefined;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
