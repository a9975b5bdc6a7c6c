import { type Deployment, isPodReady, type Pod } from '../../../crds/client/resources.ts';

/** What brings the Pods of a ReplicaSet to their number. */
export interface ReplicasPlan {
  readonly create: number;
  readonly remove: readonly Pod[];
}

/** Pods that end or have ended count no more, and are replaced; of too many, the youngest of the least ready go. */
export function planReplicas(set: Deployment, pods: readonly Pod[]): ReplicasPlan {
  const wanted = set.spec.replicas ?? 1;
  const active = activePods(pods);
  const surplus = [...active].sort(byWorth).slice(0, Math.max(0, active.length - wanted));
  return { create: Math.max(0, wanted - active.length), remove: surplus };
}

/** Pods that neither end nor have ended. */
export function activePods(pods: readonly Pod[]): Pod[] {
  return pods.filter(
    ({ metadata, status }) =>
      !metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
  );
}

function byWorth(a: Pod, b: Pod): number {
  const ready = Number(isPodReady(a)) - Number(isPodReady(b));
  return ready || ageOf(b).localeCompare(ageOf(a));
}

const ageOf = ({ metadata }: Pod) => `${metadata.creationTimestamp} ${metadata.name}`;
