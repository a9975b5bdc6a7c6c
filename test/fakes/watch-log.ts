import { ApiError } from '../../crds/client/api-error.ts';
import type { Selection, WatchEvent } from '../../crds/client/resource-client.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { isSelected } from './selectors.ts';

/** One change of one object: `before` is absent for a create, `after` carries the version also for a delete. */
export interface Change<T> {
  readonly version: number;
  readonly before?: T | undefined;
  readonly after: T;
  readonly deleted: boolean;
}

interface Watcher<T> {
  readonly namespace: string | undefined;
  readonly selection: Selection;
  readonly push: (event: WatchEvent<T>) => void;
  readonly end: (error?: Error) => void;
}

/** The history of one kind and those who watch it; events can be held back, watches cut, history forgotten. */
export class WatchLog<T extends KubeObject> {
  #changes: Change<T>[] = [];
  #watchers = new Set<Watcher<T>>();
  #forgotten = 0;
  #held: Change<T>[] | undefined;

  /** Watches that are open. */
  get open(): number {
    return this.#watchers.size;
  }

  add(change: Change<T>): void {
    this.#changes.push(change);
    if (this.#held) this.#held.push(change);
    else for (const watcher of this.#watchers) tell(watcher, change);
  }

  /** Holds events back from watchers until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const change of held) for (const watcher of this.#watchers) tell(watcher, change);
  }

  /** Ends every open watch, in good order or with `error`. */
  close(error?: Error): void {
    for (const watcher of [...this.#watchers]) watcher.end(error);
  }

  /** Drops the history: a watch from before `version` is answered 410 Gone. */
  forget(version: number): void {
    this.#forgotten = version;
    this.#changes = [];
  }

  /** Changes after `since`, then what comes, until the signal aborts (its reason is thrown) or the watch is closed. */
  async *watch(
    namespace: string | undefined,
    selection: Selection,
    since: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<WatchEvent<T>> {
    if (since < this.#forgotten) {
      throw new ApiError(410, { reason: 'Expired', code: 410, message: `too old resource version: ${since}` });
    }
    const queue: WatchEvent<T>[] = [];
    let ended: { error?: Error | undefined } | undefined;
    let wake = () => {};
    const watcher: Watcher<T> = {
      namespace,
      selection,
      push: event => {
        queue.push(event);
        wake();
      },
      end: error => {
        ended = { error };
        this.#watchers.delete(watcher);
        wake();
      },
    };
    const held = new Set(this.#held);
    for (const change of this.#changes) if (change.version > since && !held.has(change)) tell(watcher, change);
    this.#watchers.add(watcher);
    const onAbort = () => wake();
    signal?.addEventListener('abort', onAbort);
    try {
      for (;;) {
        signal?.throwIfAborted();
        if (queue.length > 0) yield queue.shift()!;
        else if (ended) {
          if (ended.error) throw ended.error;
          return;
        } else
          await new Promise<void>(resolve => {
            wake = resolve;
          });
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#watchers.delete(watcher);
    }
  }
}

/** What a watcher hears of a change: an object that leaves its selection is DELETED, one that enters is ADDED. */
function tell<T extends KubeObject>(watcher: Watcher<T>, { before, after, deleted }: Change<T>): void {
  const isMine = (object: T) =>
    (watcher.namespace === undefined || object.metadata.namespace === watcher.namespace) &&
    isSelected(object, watcher.selection);
  const was = before !== undefined && isMine(before);
  const is = !deleted && isMine(after);
  const object = structuredClone(after);
  if (is) watcher.push({ type: was ? 'MODIFIED' : 'ADDED', object });
  else if (was) watcher.push({ type: 'DELETED', object });
}
