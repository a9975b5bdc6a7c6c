import { isGone, isTransient } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import { reflect } from '../../../crds/client/reflector.ts';
import { listAll, type ResourceClient, type Selection } from '../../../crds/client/resource-client.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';

/** Which objects to watch. */
export interface WatchObjectsOptions extends Selection {
  /** undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** Objects that one request of the first list asks for at most, 0: all at once; default 500. */
  readonly limit?: number | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of each failure after the first list; it is tried again. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

/** Objects as they are now; `gone` ones as they were last. */
export interface Change<T> {
  readonly objects: readonly T[];
  readonly gone: boolean;
}

/**
 * The objects that are there, then every one that changes or goes; until the signal aborts, whose reason is thrown.
 * Connections that break are mended, and nothing is told twice.
 */
export async function* watchObjects<T extends KubeObject>(
  client: ResourceClient<T>,
  { clock, signal, namespace, onTrouble, limit = 500, ...selection }: WatchObjectsOptions,
): AsyncGenerator<Change<T>> {
  // the first list fails for what a watch would try again for ever
  const list = await listAll(client, namespace, { ...selection, limit, signal });
  yield { objects: list.items, gone: false };
  const { resourceVersion } = list.metadata;
  const told = new Map(list.items.map(object => [keyOf(object), object]));
  const isFatal = (error: unknown) => !isTransient(error) && !isGone(error);
  const hooks = { isFatal, onRetry: (error: unknown) => onTrouble?.(error) };
  for await (const event of reflect({ client, clock, signal, namespace, ...selection, resourceVersion, ...hooks })) {
    if (event.type === 'deleted') {
      told.delete(keyOf(event.object));
      yield { objects: [event.object], gone: true };
      continue;
    }
    const objects = event.type === 'changed' ? [event.object] : event.objects;
    if (event.type === 'replaced') {
      const gone = takeGone(told, objects);
      if (gone.length > 0) yield { objects: gone, gone: true };
    }
    // a list after a lost connection has much that was told before
    const fresh = objects.filter(object => versionOf(told.get(keyOf(object))) !== versionOf(object));
    for (const object of fresh) told.set(keyOf(object), object);
    if (fresh.length > 0) yield { objects: fresh, gone: false };
  }
  signal.throwIfAborted();
}

/** Takes those out of `told` that are not among `present`. */
function takeGone<T extends KubeObject>(told: Map<string, T>, present: readonly T[]): T[] {
  const keys = new Set(present.map(keyOf));
  const gone = [...told].filter(([key]) => !keys.has(key));
  for (const [key] of gone) told.delete(key);
  return gone.map(([, object]) => object);
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`;
const versionOf = (object: KubeObject | undefined) => object?.metadata.resourceVersion;
