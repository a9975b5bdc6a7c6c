import { isDeepStrictEqual } from 'node:util';
import { type ApiObject, timestamp } from '../object.ts';
import type { Change } from '../store/history.ts';
import type { CrdCondition, CustomResourceDefinition } from '../types/crd.ts';
import { customTypes } from '../types/custom-type.ts';
import type { ApiContext } from '../verbs/context.ts';
import { insertObject } from '../verbs/create.ts';
import { mayGo, writeObject } from '../verbs/update.ts';
import { type Emptiness, empty } from './empty.ts';

/** Storage key of CRDs. */
export const CRDS = 'apiextensions.k8s.io/customresourcedefinitions';

const keyOfInstances = ({ spec }: CustomResourceDefinition) => `${spec.group}/${spec.names.plural}`;

/** Serves what a CRD defines as soon as it is stored, and stops when it goes. Called in the write itself. */
export function serveCrd({ registry, log }: ApiContext, { type, stored }: Change): void {
  const crd = stored.object as CustomResourceDefinition;
  try {
    registry.setCustom(keyOfInstances(crd), type === 'DELETED' ? [] : customTypes(crd));
  } catch (err) {
    // a write is refused before it comes here; this is one from an older version of krt
    log.error({ err, crd: stored.name }, 'CustomResourceDefinition can not be served');
  }
}

/** Writes the conditions of a CRD that is served; the name of one that the change lets empty further. */
export function followCrds(context: ApiContext, { type, stored, before }: Change): string | undefined {
  if (stored.type === CRDS) {
    if (type === 'DELETED') return undefined;
    if (stored.object.metadata.deletionTimestamp) return stored.name;
    establish(context, stored.name);
    if (before && !isDeepStrictEqual(before.object['spec'], stored.object['spec']))
      fillIn(context, stored.object as CustomResourceDefinition);
    return undefined;
  }
  const owner = type === 'DELETED' ? crdOf(context, stored.type) : undefined;
  return owner?.metadata.deletionTimestamp ? owner.metadata.name : undefined;
}

function crdOf({ store }: ApiContext, storageKey: string): CustomResourceDefinition | undefined {
  const [group, plural] = storageKey.split('/');
  return store.get(CRDS, '', `${plural}.${group}`)?.object as CustomResourceDefinition | undefined;
}

function establish({ store, clock }: ApiContext, name: string): void {
  const stored = store.get(CRDS, '', name);
  if (!stored) return;
  const crd = stored.object as CustomResourceDefinition;
  const before = crd.status?.conditions ?? [];
  const condition = (type: string, reason: string, message: string): CrdCondition =>
    before.find(each => each.type === type && each.status === 'True') ?? {
      type,
      status: 'True',
      reason,
      message,
      lastTransitionTime: timestamp(clock.now()),
    };
  const status = {
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    acceptedNames: crd.spec.names,
    storedVersions: [
      ...new Set([...(crd.status?.storedVersions ?? []), ...crd.spec.versions.filter(v => v.storage).map(v => v.name)]),
    ],
  };
  if (!isDeepStrictEqual(status, crd.status)) store.put(CRDS, { ...crd, metadata: { ...crd.metadata }, status });
}

/** New defaults of a changed schema reach what is stored; a real server fills them in whenever it reads. */
function fillIn({ store, registry }: ApiContext, crd: CustomResourceDefinition): void {
  const type = registry.ofStorage(keyOfInstances(crd));
  for (const { object } of type ? store.list(type.storageKey) : []) {
    const filled = structuredClone(object);
    type!.setDefaults(filled, object);
    if (!isDeepStrictEqual(filled, object)) store.put(type!.storageKey, filled);
  }
}

/** Deletes the instances of a CRD that is being deleted, then the CRD; called again as they go. */
export function emptyCrd(context: ApiContext, name: string): Emptiness {
  const { store, registry } = context;
  const held = store.get(CRDS, '', name);
  if (!held?.object.metadata.deletionTimestamp) return 'empty';
  const type = registry.ofStorage(keyOfInstances(held.object as CustomResourceDefinition));
  const instances = type ? store.list(type.storageKey).map(stored => [type, stored] as const) : [];
  const left = empty(context, instances);
  if (left === 'empty' && mayGo(held.object)) store.remove(held);
  return left;
}

/** Puts `crds` in place at boot: created where they are missing, their spec replaced where it differs. */
export function installCrds(context: ApiContext, crds: readonly CustomResourceDefinition[]): void {
  const type = context.registry.ofStorage(CRDS)!;
  for (const given of crds) {
    const crd = structuredClone(given) as CustomResourceDefinition;
    type.decode(crd as ApiObject);
    const existing = context.store.get(CRDS, '', crd.metadata.name ?? '');
    if (!existing) {
      insertObject(context, type, '', crd);
      continue;
    }
    const next: ApiObject = { ...existing.object, metadata: { ...existing.object.metadata }, spec: crd.spec };
    writeObject(context, type, existing, next, 'main');
  }
}
