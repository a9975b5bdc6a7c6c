import { isDeepStrictEqual } from 'node:util';
import { ApiError, isAlreadyExists, isNotFound } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import type { Deployment, Pod } from '../../../crds/client/resources.ts';
import type { Informer } from '../../lib/informer.ts';
import type { Outcome } from '../../lib/key-loop.ts';
import { withRemovals } from './deployment-reconciler.ts';
import { planReplicas } from './plan-replicas.ts';
import type { Removals } from './removals.ts';
import { controllerRef } from './template.ts';
import { replicaSetStatus } from './workload-status.ts';

export interface ReplicaSetDeps {
  readonly replicaSets: { readonly client: ResourceClient<Deployment>; readonly cache: Informer<Deployment> };
  /** Index `controller`: UID of the ReplicaSet. */
  readonly pods: { readonly client: ResourceClient<Pod>; readonly cache: Informer<Pod> };
  readonly removals: Removals;
  readonly clock: Clock;
}

/** What a refused Pod waits for: a quota or a policy may be mended. */
const REFUSED_AGAIN_MS = 10_000;

/** Brings the Pods of a ReplicaSet to their number, then tells its status. */
export async function reconcileReplicaSet(deps: ReplicaSetDeps, key: string, signal: AbortSignal): Promise<Outcome> {
  const { replicaSets, pods, removals, clock } = deps;
  const [namespace, name] = key.split('/') as [string, string];
  const set = replicaSets.cache.get(name, namespace);
  if (!set || set.metadata.deletionTimestamp) return undefined;
  const owned = () => removals.without(pods.cache.by('controller', set.metadata.uid ?? ''));

  const { create, remove } = planReplicas(set, owned());
  let refusal: string | undefined;
  for (let i = 0; i < create && refusal === undefined; i++) refusal = await createPod(pods, set, signal);
  for (const pod of remove) await deletePod(deps, pod, signal);

  const status = replicaSetStatus(set, owned(), refusal, clock.now());
  if (!isDeepStrictEqual(set.status, status)) {
    const patch = {
      metadata: { resourceVersion: set.metadata.resourceVersion },
      status: withRemovals(set.status, status),
    };
    replicaSets.cache.put(await replicaSets.client.patch(name, namespace, patch, { subresource: 'status', signal }));
  }
  return refusal === undefined ? undefined : { requeueAfter: REFUSED_AGAIN_MS };
}

async function deletePod({ pods, removals }: ReplicaSetDeps, pod: Pod, signal: AbortSignal): Promise<void> {
  const { name = '', namespace, uid = '' } = pod.metadata;
  removals.add(pod);
  try {
    await pods.client.delete(name, namespace, { preconditions: { uid }, signal });
  } catch (error) {
    removals.forget(pod);
    if (!isNotFound(error)) throw error;
  }
}

/** Why the server would not have the Pod; undefined where it has. */
async function createPod(
  { client, cache }: ReplicaSetDeps['pods'],
  set: Deployment,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { name, namespace } = set.metadata;
  const { metadata, spec } = set.spec.template;
  const pod: Pod = {
    metadata: {
      generateName: `${name}-`,
      ...(namespace && { namespace }),
      ...(metadata?.labels && { labels: metadata.labels }),
      ...(metadata?.annotations && { annotations: metadata.annotations }),
      ownerReferences: [controllerRef('replicaSets', set)],
    },
    spec,
  };
  try {
    cache.put(await client.create(pod, { signal }));
    return undefined;
  } catch (error) {
    // a made up name that was taken is no refusal: the next try makes up another
    const isRefusal =
      error instanceof ApiError && error.status < 500 && error.status !== 429 && !isAlreadyExists(error);
    if (isRefusal) return error.message;
    throw error;
  }
}
