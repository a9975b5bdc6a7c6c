import type { Clock } from '../../crds/client/clock.ts';
import { reflect } from '../../crds/client/reflector.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { judgeFailures, type OnTrouble } from './outage.ts';

/** What following an object needs. */
export interface TrackDeps<T extends KubeObject> {
  readonly client: ResourceClient<T>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether the object has come to its end, so that there is nothing more to follow; default: never. */
  readonly isOver?: (object: T) => boolean;
  readonly onTrouble?: OnTrouble | undefined;
}

/** One object, kept up to date by a watch that begins at the copy it was made from. */
export interface Tracked<T extends KubeObject> {
  /** The newest copy. */
  readonly latest: T;
  /** Whether it was deleted, or another took its name. */
  readonly isGone: boolean;
  /** Resolves once `test` holds, is asked anew after each change, and once the object is gone. Throws what ends the watch. */
  until(test: (object: T) => boolean): Promise<T>;
  /** Calls `tell` at each change until the returned function is called. */
  onChange(tell: () => void): () => void;
  /** Ends the watch. */
  stop(): void;
}

/** `object` as it is, for whoever needs no news of it. */
export function asItIs<T extends KubeObject>(object: T): Tracked<T> {
  return new Tracker(object, new AbortController());
}

/** Follows `object` until it is over or gone; to be stopped when it is no longer looked at. */
export function track<T extends KubeObject>(object: T, deps: TrackDeps<T>): Tracked<T> {
  const stop = new AbortController();
  const tracker = new Tracker(object, stop);
  if (deps.isOver?.(object)) return tracker;
  tracker.follow({ ...deps, signal: AbortSignal.any([deps.signal, stop.signal]) }).catch(error => tracker.fail(error));
  return tracker;
}

class Tracker<T extends KubeObject> implements Tracked<T> {
  latest: T;
  isGone = false;
  readonly #stop: AbortController;
  readonly #listeners = new Set<() => void>();
  #failure: { error: unknown } | undefined;

  constructor(object: T, stop: AbortController) {
    this.latest = object;
    this.#stop = stop;
  }

  stop(): void {
    this.#stop.abort();
  }

  onChange(tell: () => void): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }

  until(test: (object: T) => boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const ask = () => {
        if (this.#failure) reject(this.#failure.error);
        else if (this.isGone || test(this.latest)) resolve(this.latest);
        else return;
        this.#listeners.delete(ask);
      };
      this.#listeners.add(ask);
      ask();
    });
  }

  async follow({ client, clock, signal, isOver, onTrouble }: TrackDeps<T>): Promise<void> {
    const { name, namespace, uid, resourceVersion } = this.latest.metadata;
    const isFatal = judgeFailures(clock, onTrouble);
    const fieldSelector = `metadata.name=${name}`;
    for await (const event of reflect({ client, clock, signal, namespace, fieldSelector, resourceVersion, isFatal })) {
      const found =
        event.type === 'replaced' ? event.objects.find(other => other.metadata.name === name) : event.object;
      if (event.type !== 'deleted' && found?.metadata.uid === uid) this.latest = found!;
      else if (event.type !== 'deleted' || found?.metadata.uid === uid) this.isGone = true;
      this.#tell();
      if (this.isGone || isOver?.(this.latest)) return;
    }
    signal.throwIfAborted();
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.#tell();
  }

  #tell(): void {
    for (const tell of [...this.#listeners]) tell();
  }
}
