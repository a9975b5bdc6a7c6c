import type { Clock } from '../lib/clock.ts';
import {
  type AttachEvent,
  type ExecuteRequest,
  type ExecutionStatus,
  hasEnded,
  isRuntimeError,
  type Offsets,
  type RuntimeClient,
  type RuntimeErrorCode,
} from '../protocol/index.ts';

/** A Runtime Server that is being looked at. */
export interface SubjectOptions {
  readonly client: RuntimeClient;
  /** A client that sends another token, or none. */
  readonly stranger: (token: string | undefined) => RuntimeClient;
  readonly token: string | undefined;
  /** A directory that the server's programs can write to. */
  readonly workdir: string;
  readonly clock: Clock;
  /** Milliseconds that anything which is waited for may take. */
  readonly patienceMs: number;
  /** Distinguishes the ids of this look from those of others. */
  readonly prefix: string;
  /** An entrypoint in `workdir` that prints `hello`, in the language of the Runtime. */
  readonly entrypoint?: string | undefined;
  /** Ends the server, however it likes, and starts it again. */
  readonly restart?: (() => Promise<void>) | undefined;
}

/** An execution that has ended, with its output. */
export interface Ended {
  readonly status: ExecutionStatus;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** All that Attach told; empty without Attach. */
  readonly events: readonly AttachEvent[];
}

const START: Offsets = { stdout: 0, stderr: 0 };
/** Between two looks of a caller that can't Attach, as runtimed has it. */
const LOOK_EVERY_MS = 50;

/** What checks do with a Runtime Server. Programs are shell commands: `args` without an entrypoint. */
export class Subject {
  readonly options: SubjectOptions;
  readonly #ids = new Set<string>();
  #hasAttach: boolean | undefined;

  constructor(options: SubjectOptions) {
    this.options = options;
  }

  get client(): RuntimeClient {
    return this.options.client;
  }

  /** A request to execute `script` with sh, under an id of its own. */
  request(script: string, more: Partial<ExecuteRequest> = {}): ExecuteRequest {
    const id = `${this.options.prefix}-${this.#ids.size + 1}.1`;
    this.#ids.add(id);
    const { workdir: workingDir } = this.options;
    const args = ['sh', '-c', script, 'sh', ...(more.args ?? [])];
    return { id, env: {}, timeoutSeconds: 0, workingDir, entrypoint: '', handler: '', ...more, args };
  }

  /** Starts `script` and gives its id. */
  start(script: string, more?: Partial<ExecuteRequest>): Promise<string> {
    return this.client.execute(this.request(script, more));
  }

  /** Executes `script` to its end. */
  async run(script: string, more?: Partial<ExecuteRequest>): Promise<Ended> {
    return this.end(await this.start(script, more));
  }

  /** Whether the server has Attach; asked once. */
  async hasAttach(): Promise<boolean> {
    this.#hasAttach ??= await this.#askForAttach();
    return this.#hasAttach;
  }

  /** The execution once it has ended, as runtimed learns of it: by Attach, or else by Status. */
  async end(id: string): Promise<Ended> {
    if (!(await this.hasAttach())) return this.endByStatus(id);
    return this.attach(id);
  }

  /** All that Attach tells from `offsets` on. */
  async attach(id: string, offsets = START): Promise<Ended> {
    const events = await this.within(`the end of ${id}`, signal =>
      Array.fromAsync(this.client.attach(id, offsets, signal)),
    );
    const last = events.at(-1);
    if (last?.type !== 'final') throw new Error('Attach ended without a final event');
    return { status: last.status, stdout: bytesOf(events, 'stdout'), stderr: bytesOf(events, 'stderr'), events };
  }

  /** The execution once Status says that it has ended. */
  async endByStatus(id: string): Promise<Ended> {
    const status = await this.until(`the end of ${id}`, async () => {
      const found = await this.client.status(id);
      return hasEnded(found) ? found : undefined;
    });
    return { status, stdout: Buffer.from(status.stdout), stderr: Buffer.from(status.stderr), events: [] };
  }

  /** Resolves once the program has said `word` on stdout. */
  async says(id: string, word: string): Promise<void> {
    await this.until(`${JSON.stringify(word)} of ${id}`, async () => {
      const found = await this.client.status(id);
      if (hasEnded(found) && !found.stdout.includes(word)) throw new Error(`${id} ended: ${told(found)}`);
      return found.stdout.includes(word) || undefined;
    });
  }

  /** What `look` gives once it gives something. */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    return this.within(what, async signal => {
      for (;;) {
        const found = await look();
        if (found !== undefined) return found;
        await this.options.clock.sleep(LOOK_EVERY_MS, signal);
      }
    });
  }

  /** What `act` gives, unless it takes too long; its signal aborts then. */
  async within<T>(what: string, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, patienceMs } = this.options;
    const over = new AbortController();
    const done = new AbortController();
    const late = async (): Promise<never> => {
      await clock.sleep(patienceMs, done.signal);
      const error = new Error(`waited ${patienceMs / 1000} s for ${what}`);
      over.abort(error);
      throw error;
    };
    const waited = late();
    waited.catch(() => {}); // where it was done in time
    return Promise.race([act(over.signal), waited]).finally(() => done.abort());
  }

  /** The code of the error that `call` ends with; undefined where it succeeds. */
  async refusal(call: Promise<unknown>): Promise<RuntimeErrorCode | undefined> {
    try {
      await call;
      return undefined;
    } catch (error) {
      if (isRuntimeError(error)) return error.code;
      throw error;
    }
  }

  /** Has the server forget all that was started. */
  async forgetAll(): Promise<void> {
    for (const id of this.#ids) await this.client.forget(id).catch(() => {}); // it's gone, or no check of ours
  }

  async #askForAttach(): Promise<boolean> {
    const id = await this.start('exit 0');
    const { signal } = new AbortController();
    const code = await this.refusal(Array.fromAsync(this.client.attach(id, START, signal)));
    return code !== 'unimplemented';
  }
}

/** The end of an execution in a few words. */
export function told({ state, exitCode, signal, reason, errorMessage, stderr }: ExecutionStatus): string {
  const more = [signal, reason, errorMessage, stderr.slice(0, 200)].filter(Boolean).join(', ');
  return `${state}, exit code ${exitCode}${more && ` (${more})`}`;
}

function bytesOf(events: readonly AttachEvent[], stream: 'stdout' | 'stderr'): Buffer {
  return Buffer.concat(
    events.flatMap(event => (event.type === 'chunk' && event.stream === stream ? [event.data] : [])),
  );
}
