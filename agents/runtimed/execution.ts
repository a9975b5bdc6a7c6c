import { isUnwanted, type Run, requestsOf } from '../../crds/v1alpha1/run.ts';
import { type ExecutionStatus, hasEnded } from '../protocol/index.ts';
import type { Attempt, AttemptResult, StopCause } from './attempt.ts';
import type { Context } from './context.ts';
import { type Ended, finishAttempt, tellResult } from './finish.ts';
import { openRunLog } from './logs/open-run-log.ts';
import type { RunLog } from './logs/run-log.ts';
import { lost, neverStarted, type Outcome, outcomeOf, type ToldCause } from './outcome.ts';
import { prepareRun } from './prepare.ts';
import { followExecution } from './server/follow.ts';
import { startExecution } from './server/start.ts';
import { stopExecution } from './server/stop.ts';

/** An attempt to see to its end: new ones have a Run, those of an earlier process what the journal has. */
export interface ExecutionStart {
  readonly attempt: Attempt;
  readonly run?: Run | undefined;
  /** It was started before this process: never to be executed again. */
  readonly adopted: boolean;
  /** How it ended, where that was journaled already. */
  readonly result?: AttemptResult | undefined;
}

const TOO_LARGE = 'the Run asks for more than this Pod offers';

/** One attempt of one Run, from its assignment to its last trace. It runs by itself from the start. */
export class Execution {
  /** Resolves when nothing is left to do; never rejects. */
  readonly over: Promise<void>;
  readonly #context: Context;
  readonly #start: ExecutionStart;
  readonly #target: { attempt: Attempt; run: Run | undefined };
  readonly #stopping = new AbortController();
  readonly #ended = new AbortController();
  #cause: StopCause | undefined;
  #finishing = false;
  #started: boolean;
  #left = false;
  #announced: Promise<unknown> = Promise.resolve();

  constructor(start: ExecutionStart, context: Context) {
    this.#context = context;
    this.#start = start;
    this.#target = { attempt: start.attempt, run: start.run };
    this.#started = start.adopted;
    if (start.run && isUnwanted(start.run)) this.stop('Cancelled');
    this.over = this.#live().catch(err => {
      this.#left = true;
      context.log.error({ ...this.#keys, err }, 'an attempt was left to the next start of runtimed');
    });
  }

  get attempt(): Attempt {
    return this.#target.attempt;
  }

  /** Whether its program may have started, so that the attempt can't be given back. */
  get started(): boolean {
    return this.#started;
  }

  /** Version of the Run that this attempt has dealt with, once it is over: newer copies are news. */
  get settledAt(): number {
    const version = this.#target.run?.metadata.resourceVersion;
    return this.#left || version === undefined ? Number.POSITIVE_INFINITY : Number(version);
  }

  /** Takes a copy of the Run as the API server tells it. */
  observe(run: Run): void {
    const known = Number(this.#target.run?.metadata.resourceVersion ?? 0);
    if (Number(run.metadata.resourceVersion ?? 0) > known) this.#target.run = run;
    if (isUnwanted(run)) this.stop('Cancelled');
  }

  /** Ends the attempt; the first cause counts, and none once the program has ended. */
  stop(cause: StopCause): void {
    if (this.#finishing || this.#cause) return;
    this.#cause = cause;
    this.#stopping.abort(new Error(`stopped: ${cause}`));
  }

  get #keys() {
    return { run: this.attempt.name, attempt: this.attempt.attempt };
  }

  get #told(): ToldCause | undefined {
    return this.#cause === 'Gone' ? undefined : this.#cause;
  }

  async #live(): Promise<void> {
    const { slots } = this.#context;
    const { adopted, result } = this.#start;
    const log = openRunLog(this.attempt, { adopted, archived: result !== undefined }, this.#context);
    if (result) {
      this.#finishing = true;
      await this.#printAgain(log);
      return tellResult(this.#target, result, this.#context);
    }
    const wants = this.#target.run ? requestsOf(this.#target.run) : { runs: 1 };
    // what runs already has its slots, whether there is room or not
    const fits = adopted || slots.canEverFit(wants);
    const release = adopted ? slots.force(wants) : fits && (await slots.take(wants, this.#stopping.signal));
    let ended: Ended | undefined;
    try {
      if (release) ended = await this.#runProgram(log);
    } finally {
      this.#finishing = true;
      this.#ended.abort();
      if (release) release();
    }
    ended ??= this.#never(fits ? this.#neverStarted() : { reason: 'RuntimeRejected', message: TOO_LARGE });
    const [target, cause, announced] = [this.#target, this.#cause, this.#announced];
    await finishAttempt({ target, ended, cause, log, announced }, this.#context);
  }

  /** From the claim to the end of the program; by then no process of it is alive. */
  async #runProgram(log: RunLog): Promise<Ended> {
    const { clock } = this.#context;
    // the clock of an attempt starts once it has its slots
    if (!this.#start.adopted) this.#target.attempt = { ...this.attempt, startedAt: clock.now() };
    void this.#timeOut();
    const final = this.#start.adopted ? await this.#follow(log) : await this.#executeAndFollow(log);
    if (final && 'outcome' in final) return final;
    const timeout = this.#target.run?.spec.timeout;
    const outcome = final ? outcomeOf(final, this.#told, timeout) : lost(this.#told, timeout);
    return { outcome, started: true, endedAt: final?.finishedAt ? final.finishedAt / 1000 : clock.now() };
  }

  async #executeAndFollow(log: RunLog): Promise<Ended | ExecutionStatus | undefined> {
    const { server, gate, clock, metrics } = this.#context;
    const { signal } = this.#stopping;
    const prepared = await prepareRun(this.attempt, this.#start.run!, signal, this.#context);
    if (signal.aborted) return this.#never(this.#neverStarted());
    if ('reason' in prepared) return this.#never(prepared);
    const onCall = (underWay: boolean) => {
      this.#started = underWay;
    };
    try {
      const answer = await startExecution(prepared, { server, gate, clock, signal, onCall });
      if (!answer.started) return this.#never({ reason: 'RuntimeRejected', message: answer.message });
    } catch (error) {
      if (!signal.aborted) throw error;
      return this.#never(this.#neverStarted());
    }
    metrics.startLatency.observe(Math.max(0, clock.now() - this.#start.attempt.startedAt) / 1000);
    return this.#follow(log);
  }

  #never(outcome: Outcome): Ended {
    return { outcome, started: false, endedAt: this.#context.clock.now() };
  }

  async #follow(log: RunLog): Promise<ExecutionStatus | undefined> {
    const { server, gate, clock, tuning, halted } = this.#context;
    const stop = () => {
      const patienceMs = tuning.cancelPatienceMs;
      void stopExecution(this.attempt.id, { server, clock, ended: this.#ended.signal, patienceMs });
    };
    if (this.#stopping.signal.aborted) stop();
    else this.#stopping.signal.addEventListener('abort', stop, { once: true });
    this.#announced = this.#announce();
    try {
      return await followExecution(this.attempt.id, { server, gate, clock, log, signal: halted });
    } finally {
      this.#stopping.signal.removeEventListener('abort', stop);
      this.#ended.abort();
    }
  }

  /** The log goes on in a new place after a restart: what the Runtime Server still has is there to read again. */
  async #printAgain(log: RunLog): Promise<void> {
    const { server, gate, clock, halted: signal } = this.#context;
    try {
      const known = await server.status(this.attempt.id);
      if (!hasEnded(known)) return;
      if (await followExecution(this.attempt.id, { server, gate, clock, log, signal })) await log.end();
    } catch {
      // it no longer knows the execution, or is gone itself: the lines stand in the log of the process before us
    }
  }

  /** Tells Running once the program has been going for a while. */
  async #announce(): Promise<void> {
    const { clock, status, tuning, log } = this.#context;
    const { signal } = this.#ended;
    try {
      await clock.sleep(tuning.runningAfterMs, signal);
      await status.running(this.#target, signal);
    } catch (err) {
      if (!signal.aborted) log.warn({ ...this.#keys, err }, 'Running could not be told');
    }
  }

  async #timeOut(): Promise<void> {
    const { clock } = this.#context;
    const { timeoutMs, startedAt } = this.attempt;
    if (timeoutMs === undefined) return;
    // an adopted attempt has no other witness of its start than the wall clock, which may have been set since
    const left = Math.min(timeoutMs, Math.max(0, startedAt + timeoutMs - clock.now()));
    await clock.sleep(left, this.#ended.signal).then(
      () => this.stop('Timeout'),
      () => undefined, // it ended in time
    );
  }

  #neverStarted(): Outcome {
    return neverStarted(this.#told ?? 'Cancelled', this.#target.run?.spec.timeout);
  }
}
