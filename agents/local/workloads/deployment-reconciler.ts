import { isDeepStrictEqual } from 'node:util';
import { isAlreadyExists, isConflict, isNotFound } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import type { Deployment } from '../../../crds/client/resources.ts';
import type { Informer } from '../../lib/informer.ts';
import type { Outcome } from '../../lib/key-loop.ts';
import { planRollout } from './plan-rollout.ts';
import { nextDeadline } from './progress.ts';
import { newReplicaSet } from './template.ts';
import { deploymentStatus } from './workload-status.ts';

export interface DeploymentDeps {
  readonly deployments: { readonly client: ResourceClient<Deployment>; readonly cache: Informer<Deployment> };
  /** Index `controller`: UID of the Deployment. */
  readonly replicaSets: { readonly client: ResourceClient<Deployment>; readonly cache: Informer<Deployment> };
  readonly clock: Clock;
}

/** Brings the ReplicaSets of a Deployment one step nearer to it, then tells its status. */
export async function reconcileDeployment(deps: DeploymentDeps, key: string, signal: AbortSignal): Promise<Outcome> {
  const { deployments, replicaSets, clock } = deps;
  const [namespace, name] = key.split('/') as [string, string];
  const deployment = deployments.cache.get(name, namespace);
  // what belongs to one that is gone, the garbage collector deletes
  if (!deployment || deployment.metadata.deletionTimestamp) return undefined;
  const owned = () => [...replicaSets.cache.by('controller', deployment.metadata.uid ?? '')];

  const { create, scale, remove } = planRollout(deployment, owned());
  if (create) await createReplicaSet(replicaSets, deployment, signal);
  for (const { set, replicas } of scale) {
    const { name: setName = '', resourceVersion } = set.metadata;
    const patch = { metadata: { resourceVersion }, spec: { replicas } };
    replicaSets.cache.put(await replicaSets.client.patch(setName, namespace, patch, { signal }));
  }
  for (const { metadata } of remove) {
    const preconditions = { uid: metadata.uid ?? '' };
    await replicaSets.client.delete(metadata.name ?? '', namespace, { preconditions, signal }).catch(error => {
      if (!isNotFound(error) && !isConflict(error)) throw error; // gone, or another of its name by now
    });
  }

  const status = deploymentStatus(deployment, owned(), clock.now());
  if (!isDeepStrictEqual(deployment.status, status)) {
    const patch = {
      metadata: { resourceVersion: deployment.metadata.resourceVersion },
      status: withRemovals(deployment.status, status),
    };
    deployments.cache.put(await deployments.client.patch(name, namespace, patch, { subresource: 'status', signal }));
  }
  const deadline = nextDeadline(deployment, status);
  return deadline === undefined ? undefined : { requeueAfter: deadline - clock.now() };
}

async function createReplicaSet(
  { client, cache }: DeploymentDeps['replicaSets'],
  deployment: Deployment,
  signal: AbortSignal,
): Promise<void> {
  const set = newReplicaSet(deployment);
  try {
    cache.put(await client.create(set, { signal }));
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    cache.put(await client.get(set.metadata.name ?? '', set.metadata.namespace, { signal })); // ours, from before a cut
  }
}

/** `next` as a merge patch over `old`: fields that are no more are null. */
export function withRemovals(old: object | undefined, next: object): object {
  const gone = Object.keys(old ?? {}).filter(field => !(field in next));
  return { ...next, ...Object.fromEntries(gone.map(field => [field, null])) };
}
