import type { Change } from '../store/history.ts';
import type { Store } from '../store/store.ts';
import { keyOf, type Stored } from '../store/stored.ts';

/** Which objects name which owner, by the owner's UID; kept up to date by the store's changes. */
export class Dependents {
  readonly #store: Store;
  readonly #byOwner = new Map<string, Map<string, Stored>>();
  readonly #uids = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
    for (const type of store.types()) for (const stored of store.list(type)) this.#add(stored);
    store.subscribe(undefined, change => this.#follow(change));
  }

  /** Whether an object with this UID is there. */
  exists(uid: string): boolean {
    return this.#uids.has(uid);
  }

  /** The objects that name `uid` as an owner. */
  of(uid: string): Stored[] {
    return [...(this.#byOwner.get(uid)?.values() ?? [])];
  }

  /** Takes the owner `uid` out of the references of everything that names it. */
  release(uid: string): void {
    for (const { type, object } of this.of(uid)) {
      const ownerReferences = object.metadata.ownerReferences?.filter(owner => owner.uid !== uid);
      this.#store.put(type, { ...object, metadata: { ...object.metadata, ownerReferences: ownerReferences ?? [] } });
    }
  }

  #follow({ type, stored, before }: Change): void {
    if (before) this.#remove(before);
    if (type === 'DELETED') this.#remove(stored);
    else this.#add(stored);
  }

  #add(stored: Stored): void {
    const { uid, ownerReferences = [] } = stored.object.metadata;
    if (uid) this.#uids.add(uid);
    for (const owner of ownerReferences) {
      const owned = this.#byOwner.get(owner.uid) ?? new Map<string, Stored>();
      this.#byOwner.set(owner.uid, owned.set(`${stored.type} ${keyOf(stored)}`, stored));
    }
  }

  #remove(stored: Stored): void {
    const { uid, ownerReferences = [] } = stored.object.metadata;
    if (uid) this.#uids.delete(uid);
    for (const owner of ownerReferences) {
      const owned = this.#byOwner.get(owner.uid);
      owned?.delete(`${stored.type} ${keyOf(stored)}`);
      if (owned?.size === 0) this.#byOwner.delete(owner.uid);
    }
  }
}
