import { isNotFound } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { deadlineError } from '../../errors.ts';
import { type Fetched, type FetchOptions, fetchObjects } from './fetch.ts';
import { watchObjects } from './watch.ts';

/** Which objects to delete, and how. */
export interface DeleteObjectsOptions extends FetchOptions {
  /** `client`: ask for nothing but what is there; `server`: let the server say whether it would. */
  readonly dryRun: 'none' | 'client' | 'server';
  /** How long to wait until they are gone, in milliseconds, 0 for ever; undefined: not at all. */
  readonly waitMs: number | undefined;
  readonly clock: Clock;
  /** Told of each object once the server has taken its deletion. */
  readonly onDeleted: (object: KubeObject) => void;
}

/** Deletes objects by name or selection. A name that is not there is no failure yet: the caller is given the errors. */
export async function deleteObjects<T extends KubeObject>(
  client: ResourceClient<T>,
  options: DeleteObjectsOptions,
): Promise<Fetched<T>> {
  const found = await fetchObjects(client, options);
  for (const object of found.objects) {
    if (options.dryRun !== 'client') await deleteOne(client, object, options);
    options.onDeleted(object);
  }
  if (options.waitMs !== undefined && options.dryRun === 'none' && found.objects.length > 0) {
    await awaitGone(client, found.objects, { ...options, timeout: options.waitMs });
  }
  return found;
}

async function deleteOne<T extends KubeObject>(
  client: ResourceClient<T>,
  { metadata: { name, namespace, uid } }: T,
  { dryRun, signal }: DeleteObjectsOptions,
): Promise<void> {
  // only this very object, not another that takes its name meanwhile
  const preconditions = uid === undefined ? {} : { uid };
  const options = { propagationPolicy: 'Background' as const, preconditions, dryRun: dryRun === 'server', signal };
  try {
    await client.delete(name!, namespace, options);
  } catch (error) {
    if (!isNotFound(error)) throw error; // gone meanwhile is as good as deleted
  }
}

/** How to wait until objects are gone. */
interface AwaitGoneOptions {
  readonly clock: Clock;
  /** Milliseconds; 0: for ever. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Resolves once none of the objects is there any more; throws a deadline error when that takes too long. */
async function awaitGone<T extends KubeObject>(
  client: ResourceClient<T>,
  objects: readonly T[],
  { clock, timeout, signal }: AwaitGoneOptions,
): Promise<void> {
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const waits = objects.map(object => goneOf(client, object, clock, until));
  const deadline = timeout > 0 ? clock.sleep(timeout, until) : new Promise<void>(() => {});
  const late = deadline.then(() => {
    throw deadlineError(`timed out: ${objects[0]!.metadata.name} is still being deleted`, 'it goes on without krt');
  });
  try {
    await Promise.race([Promise.all(waits), late]);
  } finally {
    stop.abort();
    // what was waited for beside ends with the abort, which is no news
    await Promise.allSettled([...waits, ...(timeout > 0 ? [late] : [])]);
  }
}

async function goneOf<T extends KubeObject>(
  client: ResourceClient<T>,
  { metadata: { name, namespace, uid } }: T,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let wasListed = false;
  const fieldSelector = `metadata.name=${name}`;
  for await (const { objects, gone } of watchObjects(client, { namespace, fieldSelector, clock, signal })) {
    const isMine = objects.some(({ metadata }) => metadata.uid === uid);
    // gone, not there from the first, or another of the same name in its place
    if (isMine ? gone : !wasListed || objects.length > 0) return;
    wasListed = true;
  }
}
