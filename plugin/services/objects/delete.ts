import { isNotFound } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import type { DeleteOptions, ResourceClient } from '../../../crds/client/resource-client.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { deadlineError } from '../../errors.ts';
import { watchObjects } from './watch.ts';

/** How to delete. */
export interface DeleteObjectsOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Told of each object once the server has taken its deletion. */
  readonly onDeleted: (object: KubeObject) => void;
}

/** Asks for the deletion of each object; one that is gone already counts. */
export async function deleteObjects<T extends KubeObject>(
  client: ResourceClient<T>,
  objects: readonly T[],
  { gracePeriodSeconds, dryRun, signal, onDeleted }: DeleteObjectsOptions,
): Promise<void> {
  for (const object of objects) {
    const { name, namespace, uid } = object.metadata;
    const options: DeleteOptions = {
      propagationPolicy: 'Background',
      // only this very object, not another that takes its name meanwhile
      ...(uid !== undefined && { preconditions: { uid } }),
      ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
      dryRun,
      signal,
    };
    try {
      await client.delete(name!, namespace, options);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    onDeleted(object);
  }
}

/** How to wait until objects are gone. */
export interface AwaitGoneOptions {
  readonly clock: Clock;
  /** Milliseconds; 0: for ever. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Resolves once none of the objects is there any more; throws a deadline error when that takes too long. */
export async function awaitGone<T extends KubeObject>(
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
