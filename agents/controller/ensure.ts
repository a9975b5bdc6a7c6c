import { isAlreadyExists } from '../../crds/client/api-error.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import type { Runtime } from '../../crds/v1alpha1/runtime.ts';
import type { Informer } from '../lib/informer.ts';
import { isOwnedBy } from './owner.ts';

/** A kind that the controller keeps as it should be. */
export interface Kept<T extends KubeObject> {
  readonly client: ResourceClient<T>;
  readonly cache: Pick<Informer<T>, 'get' | 'put'>;
}

/** An object of the name that a Runtime needs belongs to something else; it is left alone. */
export class NameTakenError extends Error {
  constructor(kind: string, name: string) {
    super(`${kind} "${name}" exists and does not belong to this Runtime`);
    this.name = 'NameTakenError';
  }
}

/**
 * Creates what is missing, replaces what has drifted, leaves the rest: at most one write. Gives the object as it is
 * now. Throws NameTakenError, or what the client throws; after a lost answer the next call finds what was stored.
 */
export async function ensure<T extends KubeObject>(
  { client, cache }: Kept<T>,
  runtime: Runtime,
  desired: T,
  hasDrifted: (live: T) => boolean,
  signal: AbortSignal,
): Promise<T> {
  const { name = '', namespace = '' } = desired.metadata;
  let live = cache.get(name, namespace);
  if (!live) {
    const created = await create(client, desired, signal);
    if (created) cache.put(created);
    if (created) return created;
    live = await client.get(name, namespace, { signal }); // not in the cache yet, or not labelled as ours
  }
  if (!isOwnedBy(live, runtime)) throw new NameTakenError(client.kind, name);
  if (live.metadata.deletionTimestamp || !hasDrifted(live)) return live;
  const replaced = await client.replace(withLiveMetadata(desired, live), { signal });
  cache.put(replaced);
  return replaced;
}

/** The new object; undefined where there is one of that name. */
async function create<T extends KubeObject>(
  client: ResourceClient<T>,
  desired: T,
  signal: AbortSignal,
): Promise<T | undefined> {
  try {
    return await client.create(desired, { signal });
  } catch (error) {
    if (isAlreadyExists(error)) return undefined;
    throw error;
  }
}

/** `desired` as the next version of `live`, with the labels and annotations that others have put there. */
function withLiveMetadata<T extends KubeObject>(desired: T, { metadata: live }: T): T {
  return {
    ...desired,
    metadata: {
      ...desired.metadata,
      ...(live.resourceVersion && { resourceVersion: live.resourceVersion }),
      labels: { ...live.labels, ...desired.metadata.labels },
      annotations: { ...live.annotations, ...desired.metadata.annotations },
    },
  };
}
