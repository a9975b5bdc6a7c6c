import type { ApiObject } from '../object.ts';
import type { Change } from '../store/history.ts';
import type { ApiContext } from '../verbs/context.ts';
import { insertObject } from '../verbs/create.ts';
import { removeObject } from '../verbs/delete.ts';

const BACKGROUND = { dryRun: false, gracePeriodSeconds: undefined, propagationPolicy: 'Background' } as const;

/** A new namespace gets its ServiceAccount `default`; one that is being deleted is emptied and then goes. */
export function followNamespaces(context: ApiContext, { type, stored }: Change): void {
  if (stored.type === '/namespaces') {
    if (type === 'ADDED') addDefaultAccount(context, stored.name);
    if (type !== 'DELETED' && stored.object.metadata.deletionTimestamp) emptyNamespace(context, stored.name);
  } else if (type === 'DELETED' && stored.namespace !== '') {
    if (isTerminating(context, stored.namespace)) emptyNamespace(context, stored.namespace);
  }
}

function isTerminating({ store }: ApiContext, namespace: string): boolean {
  return store.get('/namespaces', '', namespace)?.object.metadata.deletionTimestamp !== undefined;
}

/** Makes the namespace where it is missing. */
export function ensureNamespace(context: ApiContext, name: string): void {
  const type = context.registry.ofStorage('/namespaces')!;
  if (!context.store.get(type.storageKey, '', name)) insertObject(context, type, '', newObject('Namespace', name));
  addDefaultAccount(context, name);
}

function addDefaultAccount(context: ApiContext, namespace: string): void {
  const type = context.registry.ofStorage('/serviceaccounts')!;
  if (context.store.get(type.storageKey, namespace, 'default') || isTerminating(context, namespace)) return;
  insertObject(context, type, namespace, newObject('ServiceAccount', 'default'));
}

const newObject = (kind: string, name: string): ApiObject => ({ apiVersion: 'v1', kind, metadata: { name } });

/** Deletes what is in the namespace, then the namespace; called again as Pods and finalized objects go. */
export function emptyNamespace(context: ApiContext, namespace: string): void {
  const { store, registry } = context;
  let left = 0;
  for (const type of registry.stored()) {
    if (!type.namespaced) continue;
    for (const stored of store.list(type.storageKey, namespace)) {
      const remaining = stored.object.metadata.deletionTimestamp
        ? stored.object
        : removeObject(context, type, stored, BACKGROUND);
      if (remaining) left++;
    }
  }
  const held = store.get('/namespaces', '', namespace);
  if (left === 0 && held && (held.object.metadata.finalizers?.length ?? 0) === 0) store.remove(held);
}
