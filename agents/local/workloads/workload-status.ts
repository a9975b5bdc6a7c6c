import { type Deployment, isPodReady, type Pod } from '../../../crds/client/resources.ts';
import { secondTime } from '../../../crds/v1alpha1/time.ts';
import { activePods } from './plan-replicas.ts';
import { splitSets } from './plan-rollout.ts';

type Status = NonNullable<Deployment['status']>;
type Condition = NonNullable<Status['conditions']>[number];
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
    ...counts({ fullyLabeledReplicas: active.length, readyReplicas: ready, availableReplicas: ready }),
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
  const isDone = updated === wanted && available === wanted && old.every(set => (set.status?.replicas ?? 0) === 0);
  const failure = current?.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  const verdicts: Verdict[] = [
    available >= wanted
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
    isDone
      ? {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: `ReplicaSet "${current?.metadata.name}" has successfully progressed.`,
        }
      : {
          type: 'Progressing',
          status: 'True',
          reason: 'ReplicaSetUpdated',
          message: `ReplicaSet "${current?.metadata.name}" is progressing.`,
        },
    ...(failure ? [{ ...failure }] : []),
  ];
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...counts({
      replicas: sum(status => status.replicas),
      updatedReplicas: updated,
      readyReplicas: sum(status => status.readyReplicas),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, wanted - available),
    }),
    conditions: withTimes(deployment.status?.conditions, verdicts, now),
  };
}

function withTimes(old: Status['conditions'], verdicts: readonly Verdict[], now: number): Condition[] {
  return verdicts.map(verdict => {
    const before = old?.find(({ type }) => type === verdict.type);
    const kept = before?.status === verdict.status ? before.lastTransitionTime : undefined;
    return { ...verdict, lastTransitionTime: kept ?? secondTime(now) };
  });
}

/** Without those that are 0, as the API server stores them. */
function counts(all: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count !== 0));
}
