import type { Change } from '../store/history.ts';
import type { Stored } from '../store/stored.ts';
import type { ApiContext } from '../verbs/context.ts';
import { removeObject } from '../verbs/delete.ts';

const BACKGROUND = { dryRun: false, gracePeriodSeconds: undefined, propagationPolicy: 'Background' } as const;

/**
 * What kube-controller-manager does with owners: an object whose owners are all gone is deleted, also one that is
 * created with an owner that is not there. `changed` is called after each change, outside of the request that made it.
 */
export function collectGarbage(context: ApiContext, { type, stored }: Change): void {
  if (type !== 'DELETED') {
    if (stored.object.metadata.ownerReferences?.length) deleteIfOrphan(context, stored);
    return;
  }
  const { uid } = stored.object.metadata;
  if (uid) for (const dependent of context.dependents.of(uid)) deleteIfOrphan(context, dependent);
}

/** Looks at everything once: owners may have gone while the server was down. */
export function collectAllGarbage(context: ApiContext): void {
  for (const type of context.store.types()) {
    for (const stored of context.store.list(type)) {
      if (stored.object.metadata.ownerReferences?.length) deleteIfOrphan(context, stored);
    }
  }
}

function deleteIfOrphan(context: ApiContext, { type, namespace, name }: Stored): void {
  const now = context.store.get(type, namespace, name);
  const owners = now?.object.metadata.ownerReferences ?? [];
  if (!now || now.object.metadata.deletionTimestamp || owners.length === 0) return;
  if (owners.some(owner => context.dependents.exists(owner.uid))) return;
  const served = context.registry.ofStorage(type);
  if (served) removeObject(context, served, now, BACKGROUND);
}
