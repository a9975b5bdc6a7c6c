import type { Clock } from '../../crds/client/clock.ts';
import { reflect } from '../../crds/client/reflector.ts';
import type { ResourceClient, Selection } from '../../crds/client/resource-client.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { type Change, Store } from './store.ts';

export type { Change } from './store.ts';

export interface InformerOptions<T extends KubeObject> extends Selection {
  client: ResourceClient<T>;
  clock: Clock;
  signal: AbortSignal;
  /** undefined: all namespaces. */
  namespace?: string | undefined;
  /** Keeps of an object what the agent reads: the cache holds nothing else. */
  transform?: (object: T) => T;
  /** The selectors once more, for what `put` brings: an object that is not selected leaves the cache. */
  selects?: (object: T) => boolean;
  /** Values under which an object is found by `by`. */
  indexes?: Record<string, (object: T) => readonly string[]>;
  /** Told of each failed list or watch; the informer goes on after a back-off. */
  onRetry?: (error: unknown, delayMs: number) => void;
  random?: () => number;
}

/** A cache of one kind that follows the API server; objects in it are shared and must not be changed. */
export interface Informer<T extends KubeObject> {
  /** Resolves with the first whole list, rejects when the signal aborts before. */
  readonly synced: Promise<void>;
  readonly hasSynced: () => boolean;
  get(name: string, namespace: string): T | undefined;
  /** Every object, in no order. */
  values(): Iterable<T>;
  /** Objects that an index lists under `value`, in no order. */
  by(index: string, value: string): Iterable<T>;
  readonly size: number;
  /** Calls `handler` with every change from now on, at once and in order; it must not throw. */
  on(handler: (change: Change<T>) => void): void;
  /**
   * Takes the answer of a write, or of a get, where it is newer than what the cache has seen, so that an own write
   * is known before its echo; true where the cache took it.
   */
  put(object: T): boolean;
}

/** Starts to follow; ends when the signal aborts. */
export function startInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T> {
  const { client, clock, signal, namespace, labelSelector, fieldSelector, transform = same => same } = options;
  const handlers: ((change: Change<T>) => void)[] = [];
  const store = new Store<T>(options.indexes ?? {}, change => {
    for (const handler of handlers) handler(change);
  });
  const first = Promise.withResolvers<void>();
  let hasSynced = false;
  first.promise.catch(() => undefined); // who needs it awaits it; unused, it must not end the process

  async function follow(): Promise<void> {
    const { onRetry, random } = options;
    const selection = { labelSelector, fieldSelector, namespace };
    const more = { ...(onRetry && { onRetry }), ...(random && { random }) };
    for await (const event of reflect({ client, clock, signal, ...selection, ...more })) {
      if (event.type === 'replaced') {
        store.replaceAll(event.objects.map(transform), event.resourceVersion);
        hasSynced = true;
        first.resolve();
      } else if (event.type === 'changed') store.change(transform(event.object));
      else store.remove(event.object);
    }
    first.reject(signal.reason);
  }
  follow().catch(error => first.reject(error));

  return {
    synced: first.promise,
    hasSynced: () => hasSynced,
    get: (name, inNamespace) => store.get(name, inNamespace),
    values: () => store.values(),
    by: (index, value) => store.by(index, value),
    get size() {
      return store.size;
    },
    on: handler => handlers.push(handler),
    put: object => store.put(transform(object), options.selects?.(object) ?? true),
  };
}
