import type { Logger } from 'pino';
import { isNotFound } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import { isPodReady, type Pod } from '../../crds/client/resources.ts';
import { isHeld, setHeld } from '../../crds/client/run-finalizer.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { Informer } from '../lib/informer.ts';
import type { Outcome } from '../lib/key-loop.ts';
import type { EventWriter } from './events.ts';
import type { ControllerMetrics } from './metrics.ts';

export interface HeldRunsDeps {
  runs: { readonly client: ResourceClient<Run>; readonly cache: Pick<Informer<Run>, 'get'> };
  /** Index `runtime`: namespace/name. */
  pods: Pick<Informer<Pod>, 'by'>;
  clock: Clock;
  log: Logger;
  events: EventWriter;
  metrics: ControllerMetrics;
}

/** How long the Pods of a Runtime may take to delete what a Run has in the store: it may be away for a while. */
const PATIENCE_MS = 300_000;
/** The same where no Pod is ready: long enough for one to come back, short enough for whoever waits. */
const NO_POD_PATIENCE_MS = 60_000;

/** Whether the Run is only there until its artifacts are deleted. */
export function isLeaving(run: Run): boolean {
  return Boolean(run.metadata.deletionTimestamp) && isHeld(run);
}

/**
 * Sees to it that no Run stays for ever, and with it its namespace: where nobody could delete what it has in the store
 * in time, it lets the Run go, and tells what stays.
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
    const { runs, pods, clock, log, events, metrics } = this.#deps;
    const [namespace, name] = key.split('/') as [string, string];
    const run = runs.cache.get(name, namespace);
    if (!run || !isLeaving(run)) return undefined;
    const { uid = '' } = run.metadata;
    const since = this.#since.get(uid) ?? clock.monotonic();
    this.#since.set(uid, since);
    const { runtime } = run.spec;
    const hasPod = [...pods.by('runtime', `${namespace}/${runtime}`)].some(isPodReady);
    const left = since + (hasPod ? PATIENCE_MS : NO_POD_PATIENCE_MS) - clock.monotonic();
    if (left > 0) return { requeueAfter: Math.min(left, NO_POD_PATIENCE_MS) };
    try {
      await setHeld(runs.client, run, false, signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return undefined; // they were deleted in the last moment
    }
    const why = hasPod ? `the Pods of Runtime ${runtime} could not delete it` : `Runtime ${runtime} has no ready Pod`;
    log.warn({ run: key, uid, runtime }, 'what a Run has in the store stays there');
    metrics.left.inc();
    await events.warn(run, 'ArtifactsLeft', `what it has in the store stays there (runs/${uid}): ${why}`, signal);
    return undefined;
  }
}
