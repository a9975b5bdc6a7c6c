import type { Readable } from 'node:stream';
import { aborted } from '../../lib/aborted.ts';
import type { Clock } from '../../lib/clock.ts';
import {
  type ExecuteRequest,
  type ExecutionStatus,
  emptyStatus,
  hasEnded,
  type StreamName,
} from '../../protocol/index.ts';
import type { Watchdog, Watched } from './limits/watchdog.ts';
import { END_MESSAGES, type End, type Ending, endedEarly, neverStarted, type Outcome, outcomeOf } from './outcome.ts';
import { OutputLog, type OutputOptions } from './output/output-log.ts';
import { Containment, type ContainmentOptions } from './process/containment.ts';
import { oomKills } from './process/oom.ts';
import type { ProgramSpec, RunningProgram } from './process/program.ts';
import { type StartOptions, startProgram } from './process/start.ts';
import { openSlot } from './users/slot.ts';
import type { Users } from './users/users.ts';

/** What a built-in Runtime decides: the program for a request. Throws a StartError for a request that has none. */
export type Planner = (request: ExecuteRequest) => ProgramSpec | Promise<ProgramSpec>;

/** What all executions of a server share. */
export interface ExecutionOptions extends StartOptions {
  readonly plan: Planner;
  readonly clock: Clock;
  readonly output: OutputOptions;
  readonly machine: Pick<ContainmentOptions, 'proc' | 'kill'>;
  /** Milliseconds from SIGTERM to SIGKILL. */
  readonly graceMs: number;
  /** Milliseconds that a child may go on with the output once the main process has ended. */
  readonly drainMs: number;
  /** Directory of all files of a request; absent: its working directory. */
  readonly rootOf?: (request: ExecuteRequest) => string;
  /** Ends what uses more than `limits`. */
  readonly watchdog?: Watchdog | undefined;
  /** Gives each execution a user of its own. */
  readonly users?: Users | undefined;
}

/** One program from Execute to its end. It ends once, with every process gone and the last byte read. */
export class Execution {
  readonly id: string;
  readonly output: OutputLog;
  /** Resolves when the execution has ended; never rejects. */
  readonly ended: Promise<void>;
  readonly #options: ExecutionOptions;
  readonly #containment: Containment;
  readonly #oomKills = oomKills();
  readonly #mainEnded = new AbortController();
  readonly #graceOver = new AbortController();
  #status: ExecutionStatus;
  #mark: string | undefined;
  #running = false;
  #endedBy: End | undefined;

  /** Starts at once. */
  constructor(request: ExecuteRequest, options: ExecutionOptions) {
    const { machine, clock } = options;
    this.id = request.id;
    this.output = new OutputLog(options.output);
    this.#options = options;
    this.#status = emptyStatus(request.id, 'pending');
    // a mark can be lowered, not raised, and then it is nobody's: what carries one like that tries to get away
    const isStray = (found: string) => options.ownsNamespace === true && !options.marks.inUse(found);
    const owns = (found: string) => found === this.#mark || isStray(found);
    this.#containment = new Containment(owns, { ...machine, clock }, machine.proc?.forks());
    this.ended = this.#live(request);
  }

  /** The state without output. */
  get status(): ExecutionStatus {
    return {
      ...this.#status,
      stdoutDropped: this.output.dropped('stdout'),
      stderrDropped: this.output.dropped('stderr'),
    };
  }

  get hasEnded(): boolean {
    return hasEnded(this.#status);
  }

  /** Ends it for the first reason given: SIGTERM to all of it, SIGKILL to what is left after the grace. */
  terminate(reason: keyof typeof END_MESSAGES): void {
    this.#endFor({ reason, message: END_MESSAGES[reason] });
  }

  /** Like `terminate`, without the grace. */
  kill(reason: keyof typeof END_MESSAGES): void {
    this.#graceOver.abort();
    this.terminate(reason);
  }

  #endFor(end: End): void {
    if (this.hasEnded || this.#endedBy) return;
    this.#endedBy = end;
    if (this.#running) void this.#escalate();
  }

  async #live(request: ExecuteRequest): Promise<void> {
    let outcome: Outcome;
    try {
      const spec = await this.#options.plan(request);
      outcome = this.#endedBy ? endedEarly(this.#endedBy) : await this.#runOnSlot(spec, request);
    } catch (error) {
      outcome = neverStarted(error);
    }
    this.#status = { ...this.#status, ...outcome, finishedAt: this.#options.clock.now() * 1000 };
    this.output.end();
  }

  /** Runs it as a user that has all its files, where each execution has one. */
  async #runOnSlot(spec: ProgramSpec, request: ExecuteRequest): Promise<Outcome> {
    const { users, clock, watchdog, marks } = this.#options;
    const root = this.#options.rootOf?.(request) ?? request.workingDir;
    const slot = users && (await openSlot(users, root, clock));
    const over = Promise.withResolvers<void>();
    watchdog?.watch(this.#watched(root), over.promise);
    try {
      const ending = await this.#run(spec, request.timeoutSeconds, slot?.user.uid).catch(async error => {
        await slot?.close();
        throw error;
      });
      return outcomeOf({ ...ending, left: ending.left + ((await slot?.close()) ?? 0) });
    } finally {
      over.resolve();
      if (this.#mark !== undefined) marks.release(this.#mark);
    }
  }

  #watched(root: string): Watched {
    return {
      root,
      mark: () => this.#mark,
      exceed: (reason, message) => {
        this.#graceOver.abort();
        this.#endFor({ reason, message });
        // at once, as all may have been stopped for this moment; while the main process runs, that is done
        if (this.#mainEnded.signal.aborted) this.#containment.signal('SIGKILL');
      },
    };
  }

  async #run(spec: ProgramSpec, timeoutSeconds: number, uid: number | undefined): Promise<Ending> {
    const program = await startProgram(spec, this.#options, uid);
    this.#mark = program.mark;
    this.#containment.started(program.pid);
    this.#running = true;
    this.#status = { ...this.#status, state: 'running', startedAt: this.#options.clock.now() * 1000 };
    const drained = Promise.all([this.#read(program, 'stdout'), this.#read(program, 'stderr')]).then(() => {});
    if (this.#endedBy) void this.#escalate();
    else if (timeoutSeconds > 0) void this.#timeOut(timeoutSeconds * 1000);

    const exit = await program.exit;
    this.#mainEnded.abort();
    this.#containment.mainEnded();
    const left = await this.#clear(drained);
    program.stdout.destroy();
    program.stderr.destroy();
    const oomKilled = oomKills() > this.#oomKills;
    return { exit, execFailed: program.execFailed(), endedBy: this.#endedBy, oomKilled, left };
  }

  #read(program: RunningProgram, name: StreamName): Promise<void> {
    const stream: Readable = program[name];
    stream.on('data', (data: Buffer) => this.output.append(name, data));
    // A pipe that can't be read ends the output, not the execution.
    stream.on('error', () => stream.destroy());
    return new Promise(resolve => stream.once('close', resolve));
  }

  /**
   * The main process has ended. What it left behind may finish its output for a moment (a `tee` that the script
   * wrote through), or until the grace is over when all of it was told to end; then it is killed.
   */
  async #clear(drained: Promise<void>): Promise<number> {
    const { clock, graceMs, drainMs } = this.#options;
    if (this.#endedBy) {
      const deadline = clock.monotonic() + graceMs;
      while (!this.#containment.empty && clock.monotonic() < deadline && !this.#graceOver.signal.aborted)
        await clock.sleep(20);
    } else {
      // unless it is to end at once: what it left behind may be a bomb
      await Promise.race([within(drained, clock, drainMs), aborted(this.#graceOver.signal)]);
    }
    const left = await this.#containment.killAll();
    // Every writer is dead, so this is the rest of the pipe; the bound is for a descriptor that was passed elsewhere.
    await within(drained, clock, drainMs);
    return left;
  }

  async #timeOut(ms: number): Promise<void> {
    if (await slept(this.#options.clock, ms, this.#mainEnded.signal)) this.terminate('Timeout');
  }

  async #escalate(): Promise<void> {
    const { clock, graceMs } = this.#options;
    const { signal } = this.#mainEnded;
    if (!this.#graceOver.signal.aborted) {
      this.#containment.signal('SIGTERM');
      this.#containment.signal('SIGCONT'); // a stopped process takes SIGTERM only once it goes on
      await slept(clock, graceMs, AbortSignal.any([signal, this.#graceOver.signal]));
    }
    // Again and again: what hangs in the kernel dies when it comes back, and the slot is taken until then.
    for (let pause = 50; !signal.aborted; pause = Math.min(pause * 2, 1000)) {
      this.#containment.signal('SIGKILL');
      await slept(clock, pause, signal);
    }
  }
}

/** Sleeps unless the signal aborts first; whether the time passed. */
function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  return clock.sleep(ms, signal).then(
    () => true,
    () => false,
  );
}

/** Waits for `done`, but no longer than `ms`. */
async function within(done: Promise<void>, clock: Clock, ms: number): Promise<void> {
  const stop = new AbortController();
  await Promise.race([done, slept(clock, ms, stop.signal)]);
  stop.abort();
}
