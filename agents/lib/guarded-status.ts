import { ApiError, isConflict, isNotFound } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';

/**
 * What became of a guarded write. `written`: `object` is the answer. `stale`: another hand was first, or the answer
 * was lost; `object` is as it stands now (decide again), or undefined where it is gone. `refused`: the server will
 * not take it, for the reason in `error`; `object` as in `stale`.
 */
export type WriteOutcome<T> =
  | { readonly outcome: 'written'; readonly object: T }
  | { readonly outcome: 'stale'; readonly object: T | undefined }
  | { readonly outcome: 'refused'; readonly object: T | undefined; readonly error: ApiError };

export interface GuardedWriter<T extends KubeObject> {
  client: ResourceClient<T>;
  clock: Clock;
  signal: AbortSignal;
}

const FIRST_DELAY = 50;
const LONGEST_DELAY = 5_000;

/**
 * Merge-patches the status of `object` on the condition that it is still the version given. Where the answer is
 * lost, or the server errs, it may have been stored: nothing is decided until a read tells, which is tried, with
 * doubling delays, until the server answers. Throws only when the signal aborts.
 */
export async function writeStatus<T extends KubeObject>(
  { client, clock, signal }: GuardedWriter<T>,
  object: T,
  status: object,
): Promise<WriteOutcome<T>> {
  const { name = '', namespace, resourceVersion } = object.metadata;
  let refusal: ApiError | undefined;
  try {
    const patch = { metadata: { resourceVersion }, status };
    const answer = await client.patch(name, namespace, patch, { subresource: 'status', signal });
    return { outcome: 'written', object: answer };
  } catch (error) {
    signal.throwIfAborted();
    if (isNotFound(error)) return { outcome: 'stale', object: undefined };
    if (error instanceof ApiError && error.status < 500 && !isConflict(error)) refusal = error;
  }
  const fresh = await readUntilAnswered({ client, clock, signal }, object);
  return refusal ? { outcome: 'refused', object: fresh, error: refusal } : { outcome: 'stale', object: fresh };
}

/** The object as it stands, or undefined where it, or the one with that UID, is gone; throws only on abort. */
export async function readUntilAnswered<T extends KubeObject>(
  { client, clock, signal }: GuardedWriter<T>,
  { metadata: { name = '', namespace, uid } }: T,
): Promise<T | undefined> {
  for (let delay = FIRST_DELAY; ; delay = Math.min(delay * 2, LONGEST_DELAY)) {
    try {
      const fresh = await client.get(name, namespace, { signal });
      return fresh.metadata.uid === uid ? fresh : undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (isNotFound(error)) return undefined;
      // any other error tells nothing about the object: ask again
    }
    await clock.sleep(delay, signal);
  }
}
