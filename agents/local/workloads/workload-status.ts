import { type Deployment, isPodReady, type Pod } from '../../../crds/client/resources.ts';
import { secondTime } from '../../../crds/v1alpha1/time.ts';
import { activePods } from './plan-replicas.ts';
import { splitSets, updateBounds } from './plan-rollout.ts';
import { type Condition, progressCondition } from './progress.ts';
import { newReplicaSet } from './template.ts';

type Status = NonNullable<Deployment['status']>;
type Verdict = Omit<Condition, 'lastTransitionTime'>;

/** The status of a ReplicaSet with these Pods; `failure`: why a Pod could not be created. */
export function replicaSetStatus(
  set: Deployment,
  pods: readonly Pod[],
  failure: string | undefined,
  now: number,
): Status {
  const active = activePods(pods);
  const ready = active.filter(isPodReady).length;
  const verdicts: Verdict[] =
    failure === undefined ? [] : [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure }];
  return {
    replicas: active.length,
    ...withoutZeros({ fullyLabeledReplicas: active.length, readyReplicas: ready, availableReplicas: ready }),
    observedGeneration: set.metadata.generation ?? 0,
    ...(verdicts.length > 0 && { conditions: withTimes(set.status?.conditions, verdicts, now) }),
  };
}

/** The status of a Deployment with these ReplicaSets. */
export function deploymentStatus(deployment: Deployment, sets: readonly Deployment[], now: number): Status {
  const { replicas: wanted = 1 } = deployment.spec;
  const { current, old } = splitSets(deployment, sets);
  const sum = (of: (status: Status) => number | undefined) =>
    sets.reduce((all, { status }) => all + ((status && of(status)) ?? 0), 0);
  const available = sum(status => status.availableReplicas);
  const updated = current?.status?.replicas ?? 0;
  const counts = withoutZeros({
    replicas: sum(status => status.replicas),
    updatedReplicas: updated,
    readyReplicas: sum(status => status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wanted - available),
  });
  const isOver = updated === wanted && available === wanted && old.every(set => (set.status?.replicas ?? 0) === 0);
  const setName = (current ?? newReplicaSet(deployment)).metadata.name ?? '';
  const failure = current?.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...counts,
    conditions: [
      ...withTimes(deployment.status?.conditions, [availability(deployment, available)], now),
      progressCondition({ deployment, counts, set: setName, isOver, now }),
      ...(failure ? [failure] : []),
    ],
  };
}

function availability(deployment: Deployment, available: number): Verdict {
  const { replicas: wanted = 1 } = deployment.spec;
  const enough = available >= wanted - updateBounds(deployment).unavailable;
  return {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: `Deployment ${enough ? 'has' : 'does not have'} minimum availability.`,
  };
}

function withTimes(old: Status['conditions'], verdicts: readonly Verdict[], now: number): Condition[] {
  return verdicts.map(verdict => {
    const before = old?.find(({ type }) => type === verdict.type);
    const kept = before?.status === verdict.status ? before.lastTransitionTime : undefined;
    return { ...verdict, lastTransitionTime: kept ?? secondTime(now) };
  });
}

/** As the API server stores counts: those that are 0 are absent. */
function withoutZeros(all: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count !== 0));
}
