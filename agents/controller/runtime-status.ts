import { type Deployment, isPodReady, type Pod } from '../../crds/client/resources.ts';
import { setCondition } from '../../crds/v1alpha1/conditions.ts';
import type { Condition } from '../../crds/v1alpha1/meta.ts';
import { ANNOTATION_CAPACITY, CONDITIONS, LABEL_RUNTIME } from '../../crds/v1alpha1/names.ts';
import type { Runtime, RuntimeStatus } from '../../crds/v1alpha1/runtime.ts';
import { secondTime } from '../../crds/v1alpha1/time.ts';

/** What a Runtime's status is made of. */
export interface Observed {
  readonly runtime: Runtime;
  readonly deployment: Deployment | undefined;
  /** Pods of the Runtime, any state. */
  readonly pods: readonly Pod[];
  /** Slots (`runs`) that active Runs hold. */
  readonly used: number;
  /** Why the Runtime's objects could not be written, in the API server's words. */
  readonly refusal?: { readonly reason: string; readonly message: string } | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

/** The whole status of a Runtime. */
export function computeStatus(observed: Observed): RuntimeStatus {
  const { runtime, deployment, pods, used, now } = observed;
  const ready = pods.filter(isPodReady);
  const generation = runtime.metadata.generation ?? 0;
  let { conditions = [] } = runtime.status ?? {};
  const verdicts: [string, Verdict][] = [
    [CONDITIONS.available, available(runtime, ready.length)],
    [CONDITIONS.progressing, progressing(observed)],
    [CONDITIONS.degraded, degraded(observed)],
  ];
  for (const [type, verdict] of verdicts) {
    conditions = setCondition(conditions, { type, ...verdict, observedGeneration: generation }, secondTime(now));
  }
  return {
    replicas: deployment?.status?.replicas ?? 0,
    readyReplicas: ready.length,
    selector: `${LABEL_RUNTIME}=${runtime.metadata.name}`,
    slots: { total: ready.reduce((sum, pod) => sum + slotsOf(pod), 0), used },
    observedGeneration: generation,
    conditions,
  };
}

/** The `runs` that a Pod offers, as its annotation says. */
function slotsOf({ metadata }: Pod): number {
  try {
    return Number((JSON.parse(metadata.annotations?.[ANNOTATION_CAPACITY] ?? '{}') as { runs?: number }).runs) || 0;
  } catch {
    return 0; // not an annotation that the controller wrote: the scheduler gives such a Pod nothing either
  }
}

function available({ spec }: Runtime, ready: number): Verdict {
  if (ready > 0) return { status: 'True', reason: 'PodsReady', message: 'Runs can start' };
  if (spec.replicas === 0) return { status: 'False', reason: 'ScaledToZero', message: 'the Runtime has 0 replicas' };
  return { status: 'False', reason: 'NoReadyPod', message: 'no Pod of the Runtime is ready' };
}

function progressing({ runtime, deployment, pods }: Observed): Verdict {
  const wanted = runtime.spec.replicas ?? 1;
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0 } = deployment?.status ?? {};
  const ready = pods.filter(isPodReady).length;
  const isDone =
    deployment !== undefined &&
    observedGeneration >= (deployment.metadata.generation ?? 0) &&
    replicas === wanted &&
    updatedReplicas === wanted &&
    ready === wanted;
  if (isDone) return { status: 'False', reason: 'Complete', message: 'every Pod is up to date and ready' };
  return { status: 'True', reason: 'RollingOut', message: 'Pods are being started or replaced' };
}

function degraded({ deployment, pods, refusal }: Observed): Verdict {
  if (refusal) return { status: 'True', ...refusal };
  const failure = deployment?.status?.conditions?.find(c => c.type === 'ReplicaFailure' && c.status === 'True');
  if (failure) return { status: 'True', reason: failure.reason || 'ReplicaFailure', message: failure.message ?? '' };
  const trouble = pods.map(podTrouble).find(found => found !== undefined);
  if (trouble) return { status: 'True', reason: 'PodFailing', message: trouble };
  const late = deployment?.status?.conditions?.find(c => c.reason === 'ProgressDeadlineExceeded');
  if (late) return { status: 'True', reason: 'ProgressDeadlineExceeded', message: late.message ?? '' };
  return { status: 'False', reason: 'AsExpected', message: '' };
}

/** Waiting reasons that time alone doesn't heal; the two of a pull alternate, and would make the status flap. */
const TROUBLES: Record<string, string> = {
  ErrImagePull: 'ImagePullBackOff',
  ImagePullBackOff: 'ImagePullBackOff',
  InvalidImageName: 'InvalidImageName',
  ErrImageNeverPull: 'ErrImageNeverPull',
  CrashLoopBackOff: 'CrashLoopBackOff',
  CreateContainerConfigError: 'CreateContainerConfigError',
  CreateContainerError: 'CreateContainerError',
  RunContainerError: 'RunContainerError',
};

/** What keeps a container of the Pod from running, without the Pod's name, so that it reads the same for all. */
function podTrouble({ status }: Pod): string | undefined {
  for (const { name, image, state } of status?.containerStatuses ?? []) {
    const { reason, message } = (state?.['waiting'] ?? {}) as { reason?: string; message?: string };
    const trouble = TROUBLES[reason ?? ''];
    if (!trouble) continue;
    const detail = trouble.startsWith('Create') && message ? message : `image ${image}`;
    return `container ${name}: ${trouble} (${detail})`;
  }
  return undefined;
}
