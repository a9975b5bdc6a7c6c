import { isDeepStrictEqual } from 'node:util';
import { type ApiObject, timestamp } from '../object.ts';
import type { Change } from '../store/history.ts';
import type { CrdCondition, CustomResourceDefinition } from '../types/crd.ts';
import { customTypes } from '../types/custom-type.ts';
import type { ApiContext } from '../verbs/context.ts';
import { insertObject } from '../verbs/create.ts';
import { removeObject } from '../verbs/delete.ts';
import { writeObject } from '../verbs/update.ts';

/** Storage key of CRDs. */
export const CRDS = 'apiextensions.k8s.io/customresourcedefinitions';
const BACKGROUND = { dryRun: false, gracePeriodSeconds: undefined, propagationPolicy: 'Background' } as const;

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

/** The conditions of a CRD that is served; deletes the instances of one that is being deleted, and then itself. */
export function followCrds(context: ApiContext, { type, stored }: Change): void {
  if (stored.type === CRDS) {
    if (type === 'DELETED') return;
    if (stored.object.metadata.deletionTimestamp) emptyCrd(context, stored.object as CustomResourceDefinition);
    else establish(context, stored.name);
    return;
  }
  if (type !== 'DELETED') return;
  const owner = crdOf(context, stored.type);
  if (owner?.metadata.deletionTimestamp) emptyCrd(context, owner);
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

function emptyCrd(context: ApiContext, crd: CustomResourceDefinition): void {
  const { store, registry } = context;
  const type = registry.ofStorage(keyOfInstances(crd));
  let left = 0;
  for (const stored of type ? store.list(type.storageKey) : []) {
    const remaining = stored.object.metadata.deletionTimestamp
      ? stored.object
      : removeObject(context, type!, stored, BACKGROUND);
    if (remaining) left++;
  }
  const held = store.get(CRDS, '', crd.metadata.name ?? '');
  if (left === 0 && held && (held.object.metadata.finalizers?.length ?? 0) === 0) store.remove(held);
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
