import type { Logger } from 'pino';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Pod } from '../../crds/client/resources.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { Informer } from '../lib/informer.ts';
import type { Outcome } from '../lib/key-loop.ts';
import { deletePod } from './delete-pod.ts';
import type { ControllerMetrics } from './metrics.ts';
import type { NotReadyTimes } from './not-ready.ts';

export interface StuckPodsDeps {
  client: ResourceClient<Pod>;
  pods: Pick<Informer<Pod>, 'get'>;
  /** Index `assignedTo`: UID of a Pod, active Runs only. */
  runs: Pick<Informer<Run>, 'by'>;
  notReady: Pick<NotReadyTimes, 'of'>;
  log: Logger;
  metrics: ControllerMetrics;
  /** How long a Pod with Runs may be not ready, in milliseconds. */
  lostAfterMs: number;
}

/**
 * Deletes a Pod that holds Runs and is not ready for too long: its Runs are given to others only when it is gone, as
 * it may still run them. One without Runs is left to its Deployment: it may just be slow to start.
 */
export async function reconcileStuckPod(deps: StuckPodsDeps, key: string, signal: AbortSignal): Promise<Outcome> {
  const { client, pods, runs, notReady, log, metrics, lostAfterMs } = deps;
  const [namespace, name] = key.split('/') as [string, string];
  const pod = pods.get(name, namespace);
  const elapsed = pod && notReady.of(pod);
  if (elapsed === undefined || pod?.metadata.deletionTimestamp) return undefined;
  const { uid = '' } = pod!.metadata;
  if (![...runs.by('assignedTo', uid)].length) return undefined;
  if (elapsed < lostAfterMs) return { requeueAfter: lostAfterMs - elapsed };
  await deletePod(client, pod!, signal);
  metrics.stuckPods.inc();
  log.warn({ pod: key, podUID: uid }, 'deleted a Pod that was not ready for too long');
  return undefined;
}
