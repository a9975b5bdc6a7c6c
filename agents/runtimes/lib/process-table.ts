import type { AttachEvent, ExecuteRequest, ExecutionStatus, Health, Offsets } from '../../protocol/index.ts';
import { RuntimeError, type RuntimeHandlers } from '../../protocol/index.ts';
import { Execution, type ExecutionOptions } from './execution.ts';
import { validateRequest } from './validate.ts';

/** What a table needs besides what its executions share. */
export interface ProcessTableOptions extends ExecutionOptions {
  /** How many ended executions are kept until they are forgotten; the oldest goes first. */
  readonly keepEnded?: number;
}

/** Bytes of each stream in the answer to Status, which serves callers that can't Attach. */
const STATUS_TEXT_BYTES = 1024 * 1024;

/** All executions of a Runtime Server, as the handlers of its calls. */
export class ProcessTable implements RuntimeHandlers {
  readonly #options: ProcessTableOptions;
  readonly #executions = new Map<string, Execution>();
  #draining = false;

  constructor(options: ProcessTableOptions) {
    this.#options = options;
  }

  /** Starts an execution; the first of an id wins, a repeat gives the id back and starts nothing. */
  execute(request: ExecuteRequest): string {
    if (this.#executions.has(request.id)) return request.id;
    if (this.#draining) throw new RuntimeError('unavailable', 'the Runtime Server is shutting down');
    validateRequest(request);
    this.#evict();
    const execution = new Execution(request, this.#options);
    this.#executions.set(request.id, execution);
    void execution.ended.then(() => this.#options.spares.fill());
    return request.id;
  }

  status(id: string): ExecutionStatus {
    const { status, output } = this.#find(id);
    return {
      ...status,
      stdout: output.text('stdout', STATUS_TEXT_BYTES),
      stderr: output.text('stderr', STATUS_TEXT_BYTES),
    };
  }

  list(): ExecutionStatus[] {
    return [...this.#executions.values()].map(({ status }) => status);
  }

  cancel(id: string): void {
    this.#find(id).terminate('Cancelled');
  }

  async forget(id: string): Promise<void> {
    const execution = this.#executions.get(id);
    if (!execution) return;
    execution.kill('Cancelled');
    await execution.ended;
    execution.output.close();
    this.#executions.delete(id);
  }

  health(): Health {
    return this.#draining
      ? { healthy: false, message: 'shutting down' }
      : {
          healthy: true,
          message: `${this.#live().length} running`,
          isolation: this.#options.users ? 'UserPerSlot' : '',
        };
  }

  async *attach(id: string, offsets: Offsets, signal: AbortSignal): AsyncGenerator<AttachEvent> {
    const execution = this.#find(id);
    yield* execution.output.events(offsets, signal);
    yield { type: 'final', status: execution.status };
  }

  /** Takes no new execution, lets those that run end by themselves for `drainMs`, then ends them with the grace. */
  async shutdown(drainMs: number): Promise<void> {
    this.#draining = true;
    this.#options.spares.close();
    const { clock } = this.#options;
    const over = new AbortController();
    const allEnded = () => Promise.all(this.#live().map(({ ended }) => ended));
    await Promise.race([allEnded(), clock.sleep(drainMs, over.signal).catch(() => {})]); // aborted: all have ended
    over.abort();
    for (const execution of this.#live()) execution.terminate('RuntimeCrashed');
    await allEnded();
  }

  #live(): Execution[] {
    return [...this.#executions.values()].filter(({ hasEnded }) => !hasEnded);
  }

  #find(id: string): Execution {
    const found = this.#executions.get(id);
    if (!found) throw new RuntimeError('notFound', `no execution ${id}`);
    return found;
  }

  #evict(): void {
    const ended = [...this.#executions.values()].filter(({ hasEnded }) => hasEnded);
    for (const { id, output } of ended.slice(0, Math.max(0, ended.length - (this.#options.keepEnded ?? 1000)))) {
      output.close();
      this.#executions.delete(id);
    }
  }
}
