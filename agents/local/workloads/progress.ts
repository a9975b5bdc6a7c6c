import type { Deployment } from '../../../crds/client/resources.ts';
import { secondTime } from '../../../crds/v1alpha1/time.ts';

type Status = NonNullable<Deployment['status']>;

/** A condition of a Deployment or ReplicaSet. */
export type Condition = NonNullable<Status['conditions']>[number] & { readonly lastUpdateTime?: string };

/** The numbers of Pods in a status. */
export type Counts = Readonly<Record<string, number>>;

/** A Deployment whose status is to be told, and what is known for it. */
export interface Progress {
  readonly deployment: Deployment;
  readonly counts: Counts;
  /** Name of the ReplicaSet of the present template. */
  readonly set: string;
  /** Whether all Pods are of that ReplicaSet, and available. */
  readonly isOver: boolean;
  readonly now: number;
}

const GOES_ON = 'ReplicaSetUpdated';
const DEFAULT_DEADLINE = 600;

/** The Progressing condition: whether a rollout goes on, is over, or has come no further for the progress deadline. */
export function progressCondition({ deployment, counts, set, isOver, now }: Progress): Condition {
  const old = progressOf(deployment.status);
  const known = old?.message?.includes(`"${set}"`) ? old : undefined;
  // Pods that fail once a rollout is over begin no new one
  const wasOver = known?.reason === 'NewReplicaSetAvailable' && counts['replicas'] === counts['updatedReplicas'];
  const hasComeOn = !known || isFurther(counts, (deployment.status ?? {}) as Counts);

  const condition = (status: string, reason: string, message: string): Condition => {
    const time = secondTime(now);
    const isSame = known?.reason === reason && !hasComeOn;
    return {
      type: 'Progressing',
      ...{ status, reason, message: `ReplicaSet "${set}" ${message}` },
      lastUpdateTime: (isSame && known.lastUpdateTime) || time,
      lastTransitionTime: (old?.status === status && old.lastTransitionTime) || time,
    };
  };
  if (isOver || wasOver) return condition('True', 'NewReplicaSetAvailable', 'has successfully progressed.');
  const isLate = !hasComeOn && (known.status === 'False' || now >= deadlineOf(deployment, known));
  if (isLate) return condition('False', 'ProgressDeadlineExceeded', 'has timed out progressing.');
  return condition('True', GOES_ON, 'is progressing.');
}

/** When a rollout with that status counts as stuck (Unix milliseconds); undefined where it is over, or stuck. */
export function nextDeadline(deployment: Deployment, status: Status): number | undefined {
  const condition = progressOf(status);
  return condition?.reason === GOES_ON ? deadlineOf(deployment, condition) : undefined;
}

function progressOf(status: Status | undefined): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Progressing');
}

function deadlineOf({ spec }: Deployment, condition: Condition): number {
  const seconds = Number(spec['progressDeadlineSeconds'] ?? DEFAULT_DEADLINE);
  return Date.parse(condition.lastUpdateTime ?? '') + seconds * 1000;
}

/** Whether there are more Pods that are updated, ready or available, or fewer old ones. */
function isFurther(counts: Counts, before: Counts): boolean {
  const more = ['updatedReplicas', 'readyReplicas', 'availableReplicas'];
  const old = (of: Counts) => (of['replicas'] ?? 0) - (of['updatedReplicas'] ?? 0);
  return more.some(name => (counts[name] ?? 0) > (before[name] ?? 0)) || old(counts) < old(before);
}
