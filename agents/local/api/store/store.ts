import type { ApiObject } from '../object.ts';
import { StatusError } from '../status-error.ts';
import { type ChangeRow, type ChangeType, type Database, openDatabase } from './database.ts';
import { type Change, DEFAULT_HISTORY, History, type HistoryLimits } from './history.ts';
import { keyOf, type Stored, storedFrom } from './stored.ts';

/** Told of each change of a type, right after its commit. */
export type Listener = (change: Change) => void;

interface Collection {
  readonly objects: Map<string, Stored>;
  /** Keys in order; undefined until they are asked for. */
  order: string[] | undefined;
  readonly listeners: Set<Listener>;
}

/**
 * All objects, in memory and in one SQLite file. Every write is one transaction that is committed before it is told
 * to anybody; revisions come from one counter that survives a restart.
 */
export class Store {
  readonly #database: Database;
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Set<Listener>();
  readonly #history: History;
  #revision: number;

  constructor(file: string, limits: HistoryLimits = DEFAULT_HISTORY) {
    this.#database = openDatabase(file);
    for (const row of this.#database.objects()) this.#collection(row.type).objects.set(keyOf(row), storedFrom(row));
    const changes = [...this.#database.history()];
    this.#revision = changes.at(-1)?.revision ?? FIRST_REVISION;
    this.#history = loadHistory(changes, this.#revision, limits);
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.#revision;
  }

  get(type: string, namespace: string, name: string): Stored | undefined {
    return this.#collections.get(type)?.objects.get(`${namespace}/${name}`);
  }

  /** Objects of a type in the order of namespace and name; of one namespace unless undefined. */
  list(type: string, namespace?: string): Stored[] {
    const collection = this.#collections.get(type);
    if (!collection) return [];
    collection.order ??= [...collection.objects.keys()].sort();
    return pick(collection.objects, collection.order, namespace);
  }

  /** The same as it was at `revision`; undefined when that is not known any more. */
  listAt(revision: number, type: string, namespace?: string): Stored[] | undefined {
    if (revision === this.#revision) return this.list(type, namespace);
    const later = revision > this.#revision ? undefined : this.#history.since(revision);
    if (!later) return undefined;
    const objects = new Map(this.#collections.get(type)?.objects);
    for (const { type: change, stored, before } of later.toReversed()) {
      if (stored.type !== type) continue;
      if (change === 'ADDED') objects.delete(keyOf(stored));
      else if (before) objects.set(keyOf(stored), before);
      else return undefined;
    }
    return pick(objects, [...objects.keys()].sort(), namespace);
  }

  /** The storage keys that have objects. */
  types(): string[] {
    return [...this.#collections].filter(([, { objects }]) => objects.size > 0).map(([type]) => type);
  }

  /** Writes `object` (which must not be changed any more but gets its resourceVersion here). */
  put(type: string, object: ApiObject): Stored {
    const { namespace = '', name = '' } = object.metadata;
    return this.#write(this.get(type, namespace, name) ? 'MODIFIED' : 'ADDED', type, object);
  }

  /** Removes `last.object`; the change tells it with the revision of the deletion. */
  remove(last: Stored, object: ApiObject = last.object): Stored {
    return this.#write('DELETED', last.type, { ...object, metadata: { ...object.metadata } });
  }

  /** Changes after `revision`, all types; undefined when they are not known any more. */
  since(revision: number): readonly Change[] | undefined {
    return this.#history.since(revision);
  }

  /** The lowest revision that `since` knows. */
  get oldest(): number {
    return this.#history.start;
  }

  /** Calls `listener` for each change of `type` (undefined: of all) until the returned function is called. */
  subscribe(type: string | undefined, listener: Listener): () => void {
    const listeners = type === undefined ? this.#listeners : this.#collection(type).listeners;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  close(): void {
    this.#database.close();
  }

  #write(change: ChangeType, type: string, object: ApiObject): Stored {
    const revision = this.#revision + 1;
    object.metadata.resourceVersion = String(revision);
    const { namespace = '', name = '' } = object.metadata;
    const stored: Stored = { type, namespace, name, revision, object, json: JSON.stringify(object) };
    if (change !== 'DELETED' && stored.json.length > LARGEST_OBJECT)
      throw new StatusError(500, '', 'etcdserver: request is too large');
    const forgotten = this.#history.toForget(stored.json.length);
    this.#database.commit({ type, namespace, name, body: stored.json, revision, change }, forgotten);
    if (forgotten !== undefined) this.#history.forget(forgotten);
    this.#revision = revision;
    const collection = this.#collection(type);
    const key = keyOf(stored);
    const before = collection.objects.get(key);
    if (change === 'DELETED') collection.objects.delete(key);
    else collection.objects.set(key, stored);
    if (change !== 'MODIFIED') collection.order = undefined;
    this.#tell(collection, { revision, type: change, stored, before });
    return stored;
  }

  #tell(collection: Collection, change: Change): void {
    this.#history.add(change);
    for (const listener of collection.listeners) listener(change);
    for (const listener of this.#listeners) listener(change);
  }

  #collection(type: string): Collection {
    let collection = this.#collections.get(type);
    if (!collection) {
      collection = { objects: new Map(), order: undefined, listeners: new Set() };
      this.#collections.set(type, collection);
    }
    return collection;
  }
}

/** Bytes that an object may have: what the etcd behind a real server takes, and its words. */
const LARGEST_OBJECT = 1.5 * 1024 * 1024;

/** Revisions start above 1, so that a watch from version 1, the one that nobody was given, finds it too old. */
const FIRST_REVISION = 2;

function loadHistory(changes: readonly ChangeRow[], revision: number, limits: HistoryLimits): History {
  const history = new History(changes[0] ? changes[0].revision - 1 : revision, limits);
  const last = new Map<string, Stored>();
  for (const row of changes) {
    const stored = storedFrom(row);
    const key = `${row.type} ${keyOf(row)}`;
    const before = row.change === 'ADDED' ? undefined : last.get(key);
    history.add({ revision: row.revision, type: row.change, stored, before });
    last.set(key, stored);
  }
  return history;
}

function pick(objects: ReadonlyMap<string, Stored>, order: readonly string[], namespace: string | undefined): Stored[] {
  const all = order.map(key => objects.get(key)!);
  return namespace === undefined ? all : all.filter(stored => stored.namespace === namespace);
}
