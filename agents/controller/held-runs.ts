import type { Logger } from 'pino';
import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import { isPodReady, type Pod } from '../../crds/client/resources.ts';
import { isHeld, releaseRun } from '../../crds/client/run-finalizer.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { ArtifactStore, Runtime } from '../../crds/v1alpha1/runtime.ts';
import type { Informer } from '../lib/informer.ts';
import type { Outcome } from '../lib/key-loop.ts';
import { isStoredIn } from '../lib/stored-in.ts';
import { type CleanersDeps, type Cleaning, clean } from './cleaners.ts';
import type { EventWriter } from './events.ts';
import type { ControllerMetrics } from './metrics.ts';

export interface HeldRunsDeps {
  runs: { readonly client: ResourceClient<Run>; readonly cache: Pick<Informer<Run>, 'get' | 'by'> };
  runtimes: Pick<Informer<Runtime>, 'get'>;
  /** Index `runtime`: namespace/name. */
  pods: Pick<Informer<Pod>, 'by'>;
  cleaners: CleanersDeps['pods'];
  sidecar: CleanersDeps['sidecar'];
  clock: Clock;
  log: Logger;
  events: EventWriter;
  metrics: ControllerMetrics;
}

/** How long the Pods of a Runtime, or a cleaner, may take: the store may be away for a while. */
const PATIENCE_MS = 300_000;
/** A Pod of the Runtime that comes back so soon does it itself. */
const CLEANER_AFTER_MS = 5_000;
/** How long a Run stays that nobody can clean up after: Pods may come, a namespace that goes takes its time. */
const HOPELESS_MS = 30_000;

/** Whether the Run is only there until its artifacts are deleted. */
export function isLeaving(run: Run): boolean {
  return Boolean(run.metadata.deletionTimestamp) && isHeld(run);
}

/**
 * Sees to it that no Run stays for ever, and with it its namespace. Where no Pod of its Runtime can delete what it has
 * in the store, a cleaner does; where that can't either in time, the Run is let go, and what stays is told.
 */
export class HeldRuns {
  readonly #deps: HeldRunsDeps;
  /** When a leaving Run, by UID, was first seen, by the clock's `monotonic`. */
  readonly #since = new Map<string, number>();

  constructor(deps: HeldRunsDeps) {
    this.#deps = deps;
  }

  /** The Run is gone. */
  forget({ metadata }: Run): void {
    this.#since.delete(metadata.uid ?? '');
  }

  async reconcile(key: string, signal: AbortSignal): Promise<Outcome> {
    const { runs, clock } = this.#deps;
    const [namespace, name] = key.split('/') as [string, string];
    const run = runs.cache.get(name, namespace);
    if (!run || !isLeaving(run)) return undefined;
    const { uid = '' } = run.metadata;
    const since = this.#since.get(uid) ?? clock.monotonic();
    this.#since.set(uid, since);
    const waited = clock.monotonic() - since;
    if (this.#hasPod(run)) return this.#wait(run, PATIENCE_MS - waited, 'its Pods could not delete it', signal);
    if (waited < CLEANER_AFTER_MS) return { requeueAfter: CLEANER_AFTER_MS - waited };
    const cleaning = await this.#clean(run, signal);
    if (cleaning === 'done') {
      await releaseRun(runs.client, run, signal);
      return undefined;
    }
    if (cleaning === 'under way') return this.#wait(run, PATIENCE_MS - waited, 'no Pod could delete it', signal);
    return this.#wait(run, HOPELESS_MS - waited, whyHopeless(cleaning, run), signal);
  }

  /** Whether a Pod that is ready has the store that the Run's things are in. */
  #hasPod(run: Run): boolean {
    const { runtimes, pods } = this.#deps;
    const { spec, metadata } = run;
    const { namespace = '' } = metadata;
    const store = runtimes.get(spec.runtime, namespace)?.spec.artifactStore;
    return isStoredIn(run, store) && [...pods.by('runtime', `${namespace}/${spec.runtime}`)].some(isPodReady);
  }

  async #clean(run: Run, signal: AbortSignal): Promise<Cleaning | undefined> {
    const { runs, runtimes, cleaners: pods, sidecar } = this.#deps;
    const store = storeOf(run, runtimes);
    return store && clean(run, store, { pods, runs: runs.cache, runtimes, sidecar }, signal);
  }

  /** Looks again in time, or lets the Run go where none is `left`. */
  async #wait(run: Run, left: number, why: string, signal: AbortSignal): Promise<Outcome> {
    if (left > 0) return { requeueAfter: Math.min(left, HOPELESS_MS) };
    const { runs, log, metrics, events } = this.#deps;
    const { name, namespace, uid } = run.metadata;
    if (!(await releaseRun(runs.client, run, signal))) return undefined;
    log.warn(
      { run: `${namespace}/${name}`, uid, runtime: run.spec.runtime },
      'what a Run has in the store may stay there',
    );
    metrics.left.inc();
    await events.warn(
      run,
      'ArtifactsLeft',
      `what it has in the store may stay there, under its UID ${uid}: ${why}`,
      signal,
    );
    return undefined;
  }
}

/** Where the Run's things are: as its status tells, or, where it came to no status, as its Runtime says now. */
export function storeOf(
  { spec, status, metadata }: Run,
  runtimes: Pick<Informer<Runtime>, 'get'>,
): ArtifactStore | undefined {
  return status?.artifactStore ?? runtimes.get(spec.runtime, metadata.namespace ?? '')?.spec.artifactStore;
}

function whyHopeless(cleaning: 'failed' | { readonly refused: string } | undefined, { spec }: Run): string {
  if (cleaning === undefined) return `Runtime ${spec.runtime} is gone, and with it where that is`;
  if (cleaning === 'failed') return `Runtime ${spec.runtime} has no ready Pod, and a cleaner failed`;
  return `Runtime ${spec.runtime} has no ready Pod, and there can be no cleaner: ${cleaning.refused}`;
}
