import type { Logger } from 'pino';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Pod } from '../../crds/client/resources.ts';
import { ANNOTATION_ISOLATION, RUNTIMED_CONTAINER } from '../../crds/v1alpha1/names.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { Informer } from '../lib/informer.ts';
import type { Outcome } from '../lib/key-loop.ts';
import { deletePod } from './delete-pod.ts';
import type { ControllerMetrics } from './metrics.ts';
import type { NotReadyTimes } from './not-ready.ts';

export interface SpentPodsDeps {
  client: ResourceClient<Pod>;
  pods: Pick<Informer<Pod>, 'get'>;
  /** Index `assignedTo`: UID of a Pod, active Runs only. */
  runs: Pick<Informer<Run>, 'by'>;
  /** UIDs of Pods that a Run has left, as far as this process saw it. */
  left: ReadonlySet<string>;
  notReady: Pick<NotReadyTimes, 'of'>;
  log: Logger;
  metrics: ControllerMetrics;
}

/**
 * How long a Pod may be not ready until that alone says that its Run is over: runtimed tells it so after the Run,
 * which is all that is left to know when the Run ended, and was deleted, while no controller was there.
 */
const TOLD_BY_READINESS_MS = 10_000;

/** Whether the Pod is to execute one Run in its life. */
export function takesOneRun(pod: Pod | undefined): boolean {
  return pod?.metadata.annotations?.[ANNOTATION_ISOLATION] === 'PodPerRun';
}

/**
 * Deletes a Pod that was there for one Run once that is over; its Deployment makes the next. The programs of two Runs
 * never meet, as runtimed takes no second one: this only brings the slot back.
 */
export async function reconcileSpentPod(deps: SpentPodsDeps, key: string, signal: AbortSignal): Promise<Outcome> {
  const { client, pods, runs, left, notReady, log, metrics } = deps;
  const [namespace, name] = key.split('/') as [string, string];
  const pod = pods.get(name, namespace);
  if (!pod || !takesOneRun(pod) || pod.metadata.deletionTimestamp) return undefined;
  const { uid = '' } = pod.metadata;
  if ([...runs.by('assignedTo', uid)].length) return undefined;
  if (!left.has(uid)) {
    const elapsed = hasStarted(pod) ? notReady.of(pod) : undefined;
    if (elapsed === undefined) return undefined;
    if (elapsed < TOLD_BY_READINESS_MS) return { requeueAfter: TOLD_BY_READINESS_MS - elapsed };
  }
  await deletePod(client, pod, signal);
  metrics.spentPods.inc();
  log.info({ pod: key, podUID: uid }, 'deleted a Pod that had its one Run');
  return undefined;
}

/** Whether it was ready before: one that is not yet, waits for its image or its Runtime Server. */
function hasStarted({ status }: Pod): boolean {
  return status?.containerStatuses?.some(({ name, started }) => name === RUNTIMED_CONTAINER && started) ?? false;
}
