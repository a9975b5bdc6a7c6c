import { phaseOf, type Run } from '../../crds/v1alpha1/run.ts';
import { attemptId, type StopCause } from './attempt.ts';
import type { Context } from './context.ts';
import { Execution, type ExecutionStart } from './execution.ts';
import { attemptOf } from './request.ts';

/**
 * All executions of this Pod. It is told how Runs stand, never what happened: a Run that is assigned here has one
 * execution, of its present attempt; any other execution is stopped.
 */
export class Supervisor {
  readonly #context: Context;
  readonly #executions = new Map<string, Execution>();
  /** Runs that the API server says are assigned here, by UID. */
  readonly #runs = new Map<string, Run>();
  /** Attempts that are over and still show in copies of their Run up to this version. */
  readonly #settled = new Map<string, number>();
  #draining = false;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Attempts in hand. */
  get size(): number {
    return this.#executions.size;
  }

  /** Whether the execution with this id is one of ours. */
  has(id: string): boolean {
    return this.#executions.has(id);
  }

  /** Goes on with what an earlier process left open in the journal. */
  adopt(): void {
    for (const { attempt, result } of this.#context.journal.left) this.#begin({ attempt, result, adopted: true });
  }

  /** All Runs that are assigned here: whatever is missing is no longer ours. */
  replace(runs: readonly Run[]): void {
    const listed = new Set(runs.map(run => run.metadata.uid));
    for (const uid of this.#runs.keys()) if (!listed.has(uid)) this.#runs.delete(uid);
    for (const run of runs) this.#take(run);
    for (const { attempt } of this.#executions.values()) if (!this.#runs.has(attempt.uid)) this.#reconcile(attempt.uid);
    for (const id of this.#settled.keys()) if (!this.#runs.has(uidOf(id))) this.#settled.delete(id);
    for (const run of runs) this.#reconcile(run.metadata.uid!);
  }

  /** A Run as it stands now. */
  see(run: Run): void {
    this.#take(run);
    this.#reconcile(run.metadata.uid!);
  }

  /** A Run that was deleted, has ended or is assigned elsewhere. */
  gone(run: Run): void {
    const uid = run.metadata.uid!;
    this.#runs.delete(uid);
    for (const id of this.#settled.keys()) if (uidOf(id) === uid) this.#settled.delete(id);
    this.#reconcile(uid);
  }

  /** Gives back what has not started, now and from now on; what runs goes on. */
  drain(): void {
    this.#draining = true;
    for (const execution of this.#executions.values()) if (!execution.started) execution.stop('Draining');
  }

  /** Ends everything. */
  stopAll(cause: StopCause): void {
    for (const execution of this.#executions.values()) execution.stop(cause);
  }

  /** Resolves when nothing is in hand. */
  async idle(): Promise<void> {
    while (this.#executions.size > 0) await Promise.all([...this.#executions.values()].map(({ over }) => over));
  }

  #take(run: Run): void {
    // a Pod of the same name may have been here before us
    if (run.status?.assignedPodUID === this.#context.pod.uid) this.#runs.set(run.metadata.uid!, run);
    else this.#runs.delete(run.metadata.uid!);
  }

  #reconcile(uid: string): void {
    const run = this.#runs.get(uid);
    const phase = run && phaseOf(run);
    const id = phase === 'Scheduled' || phase === 'Running' ? attemptId(uid, run?.status?.attempt ?? 1) : undefined;
    for (const [known, execution] of this.#executions) {
      if (execution.attempt.uid === uid && known !== id) execution.stop('Gone');
    }
    if (!run || !id) return;
    const execution = this.#executions.get(id);
    execution?.observe(run);
    if (execution) return;
    const settledAt = this.#settled.get(id);
    if (settledAt !== undefined && Number(run.metadata.resourceVersion) <= settledAt) return;
    // Running without a trace here: whatever started it, it was not to be started twice
    const attempt = attemptOf(run, this.#context.clock.now());
    this.#begin({ attempt, run, adopted: phase === 'Running' });
  }

  /** Whether the Pod may execute this attempt at all. */
  #takes(id: string): boolean {
    const { oneRun, log } = this.#context;
    try {
      return oneRun?.takes(id) ?? true;
    } catch (err) {
      // not on disk, so a restart could take another: better none at all, and the next Pod has a better disk
      log.error({ attempt: id, err }, 'the one Run of this Pod could not be noted');
      return false;
    }
  }

  #begin(start: ExecutionStart): void {
    const { id, uid } = start.attempt;
    const execution = new Execution(start, this.#context);
    this.#executions.set(id, execution);
    if (!start.adopted && (this.#draining || !this.#takes(id))) execution.stop('Draining');
    void execution.over.then(() => {
      this.#executions.delete(id);
      if (!this.#runs.has(uid)) return;
      this.#settled.set(id, execution.settledAt);
      this.#reconcile(uid);
    });
  }
}

const uidOf = (id: string) => id.slice(0, id.lastIndexOf('.'));
