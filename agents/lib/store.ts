import type { KubeObject } from '../../crds/v1alpha1/meta.ts';

/** One change of the cache; an object that another of the same name replaced is told as `deleted`, then `added`. */
export type Change<T> =
  | { readonly type: 'added'; readonly object: T; readonly previous?: undefined }
  | { readonly type: 'updated'; readonly object: T; readonly previous: T }
  | { readonly type: 'deleted'; readonly object: T; readonly previous?: undefined };

type Index<T> = { readonly valuesOf: (object: T) => readonly string[]; readonly found: Map<string, Map<string, T>> };

/**
 * The cache of an informer. Two sources feed it: the watch, in order, and `put`, with answers of own writes that
 * may run ahead of the watch or behind it. resourceVersions decide which is newer. They are compared as integers,
 * which Kubernetes guarantees only among objects of one kind of one server: never compare those of two informers.
 */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: [string, Index<T>][];
  readonly #tell: (change: Change<T>) => void;
  /** How far the watch has come: nothing up to here is news. */
  #seen = 0;
  /** Keys that `put` took away, and the version of that: older events of theirs are echoes. */
  readonly #buried = new Map<string, number>();

  constructor(indexes: Record<string, (object: T) => readonly string[]>, tell: (change: Change<T>) => void) {
    this.#indexes = Object.entries(indexes).map(([name, valuesOf]) => [name, { valuesOf, found: new Map() }]);
    this.#tell = tell;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(name: string, namespace: string): T | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  values(): Iterable<T> {
    return this.#objects.values();
  }

  by(name: string, value: string): Iterable<T> {
    const index = this.#indexes.find(([known]) => known === name)?.[1];
    if (!index) throw new Error(`the informer has no index ${name}`);
    return index.found.get(value)?.values() ?? [];
  }

  /** The state of a whole list at `resourceVersion`; what `put` brought since stays. */
  replaceAll(objects: readonly T[], resourceVersion: string): void {
    const version = Number(resourceVersion);
    // a list is never older than what was watched, unless the server's data were restored from a backup
    if (version < this.#seen) this.#forget();
    this.#advance(version);
    const listed = new Set(objects.map(keyOf));
    for (const [key, object] of this.#objects) {
      if (!listed.has(key) && versionOf(object) <= this.#seen) this.#drop(key);
    }
    for (const object of objects) this.#accept(object);
  }

  /** An object as the watch tells it. */
  change(object: T): void {
    this.#advance(versionOf(object));
    this.#accept(object);
  }

  /** An object that the watch says is deleted, or has left the selection. */
  remove(object: T): void {
    this.#advance(versionOf(object));
    const known = this.#objects.get(keyOf(object));
    if (known && versionOf(known) <= versionOf(object)) this.#drop(keyOf(object));
  }

  /** The answer of a write: taken only where the watch has not come that far; false where it is old news. */
  put(object: T, selected: boolean): boolean {
    const version = versionOf(object);
    const key = keyOf(object);
    if (version <= this.#seen || version <= (this.#buried.get(key) ?? 0)) return false;
    const known = this.#objects.get(key);
    if (known && versionOf(known) >= version) return false;
    if (selected) this.#accept(object);
    else {
      this.#buried.set(key, version);
      this.#drop(key);
    }
    return true;
  }

  #forget(): void {
    for (const key of [...this.#objects.keys()]) this.#drop(key);
    this.#buried.clear();
    this.#seen = 0;
  }

  #advance(version: number): void {
    if (version <= this.#seen) return;
    this.#seen = version;
    for (const [key, buried] of this.#buried) if (buried <= version) this.#buried.delete(key);
  }

  #accept(object: T): void {
    const key = keyOf(object);
    const version = versionOf(object);
    if (version <= (this.#buried.get(key) ?? 0)) return;
    const previous = this.#objects.get(key);
    if (previous && versionOf(previous) >= version) return;
    if (previous && previous.metadata.uid !== object.metadata.uid) this.#drop(key);
    const stays = this.#objects.get(key);
    this.#objects.set(key, object);
    this.#reindex(key, stays, object);
    this.#tell(stays ? { type: 'updated', object, previous: stays } : { type: 'added', object });
  }

  #drop(key: string): void {
    const object = this.#objects.get(key);
    if (!object) return;
    this.#objects.delete(key);
    this.#reindex(key, object, undefined);
    this.#tell({ type: 'deleted', object });
  }

  #reindex(key: string, previous: T | undefined, next: T | undefined): void {
    for (const [, { valuesOf, found }] of this.#indexes) {
      for (const value of previous ? valuesOf(previous) : []) {
        const under = found.get(value);
        under?.delete(key);
        if (under?.size === 0) found.delete(value);
      }
      for (const value of next ? valuesOf(next) : []) {
        const under = found.get(value);
        if (under) under.set(key, next!);
        else found.set(value, new Map([[key, next!]]));
      }
    }
  }
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`;
const versionOf = ({ metadata }: KubeObject) => Number(metadata.resourceVersion ?? 0);
