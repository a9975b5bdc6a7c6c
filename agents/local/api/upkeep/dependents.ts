import type { ApiObject } from '../object.ts';
import type { Change } from '../store/history.ts';
import type { Store } from '../store/store.ts';
import { keyOf, type Stored } from '../store/stored.ts';

/** Which objects name which owner, by the owner's UID; kept up to date by the store's changes. */
export class Dependents {
  readonly #store: Store;
  readonly #byOwner = new Map<string, Map<string, Stored>>();
  readonly #byUid = new Map<string, Stored>();

  constructor(store: Store) {
    this.#store = store;
    for (const type of store.types()) for (const stored of store.list(type)) this.#add(stored);
    store.subscribe(undefined, change => this.#follow(change));
  }

  /** The owners of `object` that are there; one of another namespace is none. */
  ownersOf({ metadata }: ApiObject): Stored[] {
    return (metadata.ownerReferences ?? []).flatMap(({ uid }) => {
      const owner = this.#byUid.get(uid);
      return owner && (owner.namespace === '' || owner.namespace === metadata.namespace) ? [owner] : [];
    });
  }

  /** The objects that name `uid` as an owner. */
  of(uid: string): Stored[] {
    return [...(this.#byOwner.get(uid)?.values() ?? [])];
  }

  /** Takes the owner `uid` out of the references of everything that names it. */
  release(uid: string): void {
    for (const { type, object } of this.of(uid)) {
      const ownerReferences = object.metadata.ownerReferences?.filter(owner => owner.uid !== uid) ?? [];
      const { ownerReferences: _all, ...metadata } = object.metadata;
      const rest = ownerReferences.length > 0 ? { ownerReferences } : {};
      this.#store.put(type, { ...object, metadata: { ...metadata, ...rest } });
    }
  }

  #follow({ type, stored, before }: Change): void {
    if (before) this.#remove(before);
    if (type !== 'DELETED') this.#add(stored);
  }

  #add(stored: Stored): void {
    const { uid, ownerReferences = [] } = stored.object.metadata;
    if (uid) this.#byUid.set(uid, stored);
    for (const owner of ownerReferences) {
      const owned = this.#byOwner.get(owner.uid) ?? new Map<string, Stored>();
      this.#byOwner.set(owner.uid, owned.set(`${stored.type} ${keyOf(stored)}`, stored));
    }
  }

  #remove(stored: Stored): void {
    const { uid, ownerReferences = [] } = stored.object.metadata;
    if (uid) this.#byUid.delete(uid);
    for (const owner of ownerReferences) {
      const owned = this.#byOwner.get(owner.uid);
      owned?.delete(`${stored.type} ${keyOf(stored)}`);
      if (owned?.size === 0) this.#byOwner.delete(owner.uid);
    }
  }
}
