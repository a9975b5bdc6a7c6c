import type { ApiObject } from '../object.ts';
import type { Change } from '../store/history.ts';
import type { Stored } from '../store/stored.ts';
import type { ResourceType } from '../types/resource-type.ts';
import type { ApiContext } from '../verbs/context.ts';
import { insertObject } from '../verbs/create.ts';
import { mayGo } from '../verbs/update.ts';
import { type Emptiness, empty } from './empty.ts';

/** Gives a new namespace its ServiceAccount `default`; the name of one that the change lets empty further. */
export function followNamespaces(context: ApiContext, { type, stored }: Change): string | undefined {
  if (stored.type === '/namespaces') {
    if (type === 'ADDED') addDefaultAccount(context, stored.name);
    return type !== 'DELETED' && stored.object.metadata.deletionTimestamp ? stored.name : undefined;
  }
  return type === 'DELETED' && isTerminating(context, stored.namespace) ? stored.namespace : undefined;
}

function isTerminating({ store }: ApiContext, namespace: string): boolean {
  return Boolean(store.get('/namespaces', '', namespace)?.object.metadata.deletionTimestamp);
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
  if (context.store.get('/namespaces', '', namespace))
    insertObject(context, type, namespace, newObject('ServiceAccount', 'default'));
}

const newObject = (kind: string, name: string): ApiObject => ({ apiVersion: 'v1', kind, metadata: { name } });

/** Deletes what is in a namespace that is being deleted, then the namespace; called again as its content goes. */
export function emptyNamespace(context: ApiContext, namespace: string): Emptiness {
  const { store } = context;
  const left = empty(context, contentOf(context, namespace));
  const held = store.get('/namespaces', '', namespace);
  if (left === 'empty' && held?.object.metadata.deletionTimestamp && mayGo(held.object)) store.remove(held);
  return left;
}

function* contentOf({ store, registry }: ApiContext, namespace: string): Generator<readonly [ResourceType, Stored]> {
  for (const type of registry.stored()) {
    if (!type.namespaced) continue;
    for (const stored of store.list(type.storageKey, namespace)) yield [type, stored];
  }
}
