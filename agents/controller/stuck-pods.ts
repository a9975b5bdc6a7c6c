import type { Logger } from 'pino';
import { isConflict, isNotFound } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import { isPodReady, type Pod } from '../../crds/client/resources.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { Informer } from '../lib/informer.ts';
import type { Outcome } from '../lib/key-loop.ts';
import type { ControllerMetrics } from './metrics.ts';

export interface StuckPodsDeps {
  client: ResourceClient<Pod>;
  pods: Pick<Informer<Pod>, 'get'>;
  /** Index `assignedTo`: UID of a Pod, active Runs only. */
  runs: Pick<Informer<Run>, 'by'>;
  clock: Clock;
  log: Logger;
  metrics: ControllerMetrics;
  /** How long a Pod with Runs may be not ready, in milliseconds. */
  lostAfterMs: number;
}

/** Since when a Pod is not ready, in milliseconds since the epoch; undefined while it is. */
export function notReadySince(pod: Pod): number | undefined {
  if (isPodReady(pod)) return undefined;
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return Date.parse(ready?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? '') || 0;
}

/**
 * Deletes a Pod that holds Runs and is not ready for too long: its Runs are given to others only when it is gone, as
 * it may still run them. One without Runs is left to its Deployment: it may just be slow to start.
 */
export async function reconcileStuckPod(deps: StuckPodsDeps, key: string, signal: AbortSignal): Promise<Outcome> {
  const { client, pods, runs, clock, log, metrics, lostAfterMs } = deps;
  const [namespace, name] = key.split('/') as [string, string];
  const pod = pods.get(name, namespace);
  const since = pod && notReadySince(pod);
  if (since === undefined || pod?.metadata.deletionTimestamp) return undefined;
  const { uid = '' } = pod!.metadata;
  if (![...runs.by('assignedTo', uid)].length) return undefined;
  const left = since + lostAfterMs - clock.now();
  if (left > 0) return { requeueAfter: left };
  try {
    await client.delete(name, namespace, { preconditions: { uid }, signal });
  } catch (error) {
    // gone, or another Pod by now: either way not the one that was stuck
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
  metrics.stuckPods.inc();
  log.warn({ pod: key, podUID: uid }, 'deleted a Pod that was not ready for too long');
  return undefined;
}
