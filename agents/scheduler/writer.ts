import type { Logger } from 'pino';
import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import { writeStatus } from '../lib/guarded-status.ts';
import type { Informer } from '../lib/informer.ts';
import type { SchedulerMetrics } from './metrics.ts';
import { bindPatch, type StatusPatch } from './patches.ts';
import type { PlanPod } from './plan.ts';
import type { Usage } from './usage.ts';
import type { Waiting } from './waiting.ts';

export interface WriterDeps {
  client: ResourceClient<Run>;
  runs: Pick<Informer<Run>, 'put'>;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
  metrics: SchedulerMetrics;
  usage: Usage;
  /** Told when the Run of an entry is not there any more. */
  onGone: (entry: Waiting) => void;
}

/** Writes about Runs that wait, each guarded by the version that was decided on. */
export class Writer {
  readonly #deps: WriterDeps;
  /** Binds and ends under way. */
  inFlight = 0;

  constructor(deps: WriterDeps) {
    this.#deps = deps;
  }

  /** Gives the Run to the Pod, and tells whether it has it; until then, the slots count as taken. Never throws. */
  async bind(entry: Waiting, pod: PlanPod): Promise<boolean> {
    const { usage, clock, metrics } = this.#deps;
    const begun = clock.monotonic();
    const since = Math.max(entry.since, entry.backOffEnd);
    usage.assume(entry.key, pod.uid, entry.requests);
    const written = await this.write(entry, bindPatch(entry.run, pod, clock.now()), 'bind');
    // settled only here: by now the cache has the answer, so the slots are counted by it, or free
    usage.settle(entry.key);
    if (!written) return false;
    metrics.binds.inc();
    metrics.bind.observe((clock.monotonic() - begun) / 1000);
    metrics.wait.observe((clock.monotonic() - since) / 1000);
    return true;
  }

  /** Whether the patch was stored; whatever the outcome, the cache has the newest copy after it. Never throws. */
  async write(entry: Waiting, patch: StatusPatch, kind: 'bind' | 'note' | 'end'): Promise<boolean> {
    const { client, clock, signal, runs, log, metrics } = this.#deps;
    metrics.writes.inc({ kind });
    if (kind !== 'note') this.inFlight++;
    try {
      const result = await writeStatus({ client, clock, signal }, entry.run, patch);
      if (result.object) runs.put(result.object);
      else this.#deps.onGone(entry);
      if (result.outcome === 'stale') metrics.conflicts.inc();
      if (result.outcome === 'refused') this.#onRefused(entry, result.error, kind);
      else entry.refusals = 0;
      return result.outcome === 'written';
    } catch (error) {
      if (!signal.aborted) log.error({ err: error, run: entry.key }, 'a write failed in an unknown way');
      return false;
    } finally {
      if (kind !== 'note') this.inFlight--;
    }
  }

  /** What the server will not take is tried again later, with more and more time between. */
  #onRefused(entry: Waiting, error: Error, kind: string): void {
    const { clock, log, metrics } = this.#deps;
    entry.notBefore = clock.monotonic() + Math.min(1000 * 2 ** entry.refusals++, 60_000);
    metrics.refusals.inc();
    log.error({ err: error, run: entry.key, kind }, 'the API server refused a write');
  }
}
