import type { ApiObject } from '../object.ts';
import { type ChangeType, type Database, openDatabase } from './database.ts';
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
    this.#revision = this.#database.revision;
    for (const row of this.#database.objects()) {
      const stored = storedFrom(row.type, row.body);
      this.#collection(row.type).objects.set(keyOf(stored), stored);
    }
    this.#history = this.#loadHistory(limits);
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
    const found: Stored[] = [];
    for (const key of collection.order) {
      const stored = collection.objects.get(key)!;
      if (namespace === undefined || stored.namespace === namespace) found.push(stored);
    }
    return found;
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
    this.#database.commit({ type, namespace, name, body: stored.json, revision, change });
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

  #loadHistory(limits: HistoryLimits): History {
    const rows = [...this.#database.history()];
    const start = rows[0] ? rows[0].revision - 1 : this.#revision;
    const history = new History(start, limits, revision => this.#database.forget(revision));
    const last = new Map<string, Stored>();
    for (const { revision, change, type, body } of rows) {
      const stored = storedFrom(type, body);
      const key = `${type} ${keyOf(stored)}`;
      history.add({ revision, type: change, stored, before: change === 'ADDED' ? undefined : last.get(key) });
      last.set(key, stored);
    }
    return history;
  }
}
