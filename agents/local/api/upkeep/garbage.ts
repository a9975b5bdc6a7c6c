import type { ApiObject } from '../object.ts';
import type { Change } from '../store/history.ts';
import type { Stored } from '../store/stored.ts';
import type { ApiContext } from '../verbs/context.ts';
import { FOREGROUND, removeObject } from '../verbs/delete.ts';
import { mayGo } from '../verbs/update.ts';
import { BACKGROUND } from './empty.ts';

/**
 * What kube-controller-manager does with owners: an object whose owners are all gone is deleted, also one that is
 * created with an owner that is not there; one that is deleted in the foreground goes after what it owns. Called after
 * each change, outside of the request that made it.
 */
export function collectGarbage(context: ApiContext, { type, stored }: Change): void {
  const { uid = '' } = stored.object.metadata;
  if (type !== 'DELETED') {
    deleteIfOrphan(context, stored);
    finishForeground(context, stored);
    return;
  }
  for (const dependent of context.dependents.of(uid)) deleteIfOrphan(context, dependent);
  for (const owner of context.dependents.ownersOf(stored.object)) finishForeground(context, owner);
}

/** Looks at everything once: owners may have gone while the server was down. */
export function collectAllGarbage(context: ApiContext): void {
  for (const type of context.store.types()) {
    for (const stored of context.store.list(type)) {
      deleteIfOrphan(context, stored);
      finishForeground(context, stored);
    }
  }
}

function deleteIfOrphan(context: ApiContext, { type, namespace, name, object }: Stored): void {
  if (!object.metadata.ownerReferences?.length) return;
  const now = context.store.get(type, namespace, name);
  if (!now?.object.metadata.ownerReferences?.length || now.object.metadata.deletionTimestamp) return;
  if (context.dependents.ownersOf(now.object).length > 0) return;
  const served = context.registry.ofStorage(type);
  if (served) removeObject(context, served, now, BACKGROUND);
}

/** Deletes what blocks an owner that is deleted in the foreground; lets the owner go when nothing does. */
function finishForeground(context: ApiContext, { type, namespace, name, object }: Stored): void {
  if (!isForeground(object)) return;
  const owner = context.store.get(type, namespace, name);
  if (!owner || !isForeground(owner.object)) return;
  const { dependents, registry } = context;
  const { uid = '' } = owner.object.metadata;
  const blocking = dependents.of(uid).filter(each => blocks(each.object, uid));
  for (const dependent of blocking) {
    const served = registry.ofStorage(dependent.type);
    if (!served || dependent.object.metadata.deletionTimestamp) continue;
    const isOwner = dependents.of(dependent.object.metadata.uid ?? '').length > 0;
    const options = isOwner ? ({ ...BACKGROUND, propagationPolicy: 'Foreground' } as const) : BACKGROUND;
    removeObject(context, served, dependent, options);
  }
  if (blocking.length === 0) letGo(context, owner);
}

const isForeground = ({ metadata }: ApiObject) =>
  Boolean(metadata.deletionTimestamp) && metadata.finalizers?.includes(FOREGROUND) === true;

const blocks = ({ metadata }: ApiObject, uid: string) =>
  metadata.ownerReferences?.some(owner => owner.uid === uid && owner.blockOwnerDeletion) === true;

function letGo({ store }: ApiContext, owner: Stored): void {
  const { finalizers = [], ...metadata } = owner.object.metadata;
  const left = finalizers.filter(finalizer => finalizer !== FOREGROUND);
  const next: ApiObject = { ...owner.object, metadata: { ...metadata, ...(left.length > 0 && { finalizers: left }) } };
  if (mayGo(next)) store.remove(owner, next);
  else store.put(owner.type, next);
}
