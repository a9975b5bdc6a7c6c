import { systemClock } from '../../agents/lib/clock.ts';
import { type ResourceClient, reflect } from '../../crds/client/index.ts';
import type { KubeObject } from '../../crds/v1alpha1/index.ts';

/** What a watcher of a namespace sees of the objects in it. */
export interface Ends<T extends KubeObject = KubeObject> {
  /** When it sees the object end, by `performance.now()`; rejects where that takes too long. */
  ended(name: string): Promise<number>;
  /** The object as it was seen to end. */
  last(name: string): T | undefined;
  /** Versions of the object seen so far: the writes that it took. */
  versions(name: string): number;
  stop(): void;
}

const DEADLINE_MS = 300_000;

/** Watches a namespace until it is stopped. */
export function watchEnds<T extends KubeObject>(
  client: ResourceClient<T>,
  namespace: string,
  isEnded: (object: T) => boolean,
): Ends<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const seen = new Map<string, number>();
  const ends = new Map<string, T>();
  const count = new Map<string, number>();
  const waiting = new Map<string, (time: number) => void>();

  function see(object: T): void {
    const { name = '' } = object.metadata;
    count.set(name, (count.get(name) ?? 0) + 1);
    if (seen.has(name) || !isEnded(object)) return;
    const now = performance.now();
    seen.set(name, now);
    ends.set(name, object);
    waiting.get(name)?.(now);
    waiting.delete(name);
  }

  async function watch(): Promise<void> {
    for await (const event of reflect({ client, clock: systemClock, signal, namespace })) {
      if (event.type === 'changed') see(event.object);
      else if (event.type === 'replaced') for (const object of event.objects) see(object);
    }
  }

  void watch();
  return {
    last: name => ends.get(name),
    versions: name => count.get(name) ?? 0,
    stop: () => controller.abort(),
    async ended(name) {
      const known = seen.get(name);
      if (known !== undefined) return known;
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      waiting.set(name, resolve);
      const timer = setTimeout(() => reject(new Error(`${name} did not end within ${DEADLINE_MS} ms`)), DEADLINE_MS);
      return promise.finally(() => clearTimeout(timer));
    },
  };
}
