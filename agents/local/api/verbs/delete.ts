import { type ApiObject, timestamp, valueAt } from '../object.ts';
import { conflict, forbidden, type Status } from '../status-error.ts';
import type { Stored } from '../store/stored.ts';
import { kindName, type ResourceType, resourceName } from '../types/resource-type.ts';
import type { Answer, ApiContext } from './context.ts';
import type { DeleteOptions } from './options.ts';
import { answerOf } from './serve.ts';
import { isHeldContainer, mayGo, mustGet } from './update.ts';

/** Deletes one object, or marks it for deletion where finalizers or a grace period hold it. */
export function deleteObject(
  context: ApiContext,
  type: ResourceType,
  at: { namespace: string; name: string },
  options: DeleteOptions,
): Answer {
  if (type.storageKey === '/namespaces' && KEPT_NAMESPACES.has(at.name))
    throw forbidden(resourceName(type), at.name, 'this namespace may not be deleted');
  const existing = mustGet(context, type, at.namespace, at.name);
  checkPreconditions(type, existing, options);
  const { object, isGone } = removeObject(context, type, existing, options);
  if (isGone && !SHOWN_WHEN_GONE.has(type.storageKey)) return { code: 200, body: success(type, existing) };
  return answerOf(type, object);
}

/** Namespaces that every cluster has. */
const KEPT_NAMESPACES = new Set(['default', 'kube-system', 'kube-public']);

/** Types whose deletion is answered with the object that is gone; the others with a Status. */
const SHOWN_WHEN_GONE = new Set(['/pods', '/services', '/serviceaccounts', '/persistentvolumeclaims']);

/** What a deletion came to. */
export interface Removal {
  /** The object as it is now, or was last. */
  readonly object: ApiObject;
  readonly isGone: boolean;
}

/** Begins or completes the deletion of a stored object. */
export function removeObject(
  context: ApiContext,
  type: ResourceType,
  existing: Stored,
  options: Pick<DeleteOptions, 'dryRun' | 'gracePeriodSeconds' | 'propagationPolicy'>,
): Removal {
  const { store } = context;
  const { metadata } = existing.object;
  const next = marked(context, type, existing, options);
  if (options.propagationPolicy === 'Orphan' && !options.dryRun) context.dependents.release(metadata.uid ?? '');
  if (mayGo(next) && !isHeldContainer(type)) {
    // only what is given time ends with the marks of its deletion
    const last = isGraceful(type) ? next : existing.object;
    return { object: options.dryRun ? last : store.remove(existing, last).object, isGone: true };
  }
  const again = metadata.deletionTimestamp !== undefined && !isSooner(next, existing.object);
  if (again) return { object: existing.object, isGone: false };
  return { object: options.dryRun ? next : store.put(type.storageKey, next).object, isGone: false };
}

/** The object with the marks of a deletion that has begun. */
function marked(
  { clock }: ApiContext,
  type: ResourceType,
  existing: Stored,
  { gracePeriodSeconds, propagationPolicy }: Pick<DeleteOptions, 'gracePeriodSeconds' | 'propagationPolicy'>,
): ApiObject {
  const { metadata } = existing.object;
  const grace = graceSeconds(existing, gracePeriodSeconds);
  const next: ApiObject = { ...existing.object, metadata: { ...metadata, deletionGracePeriodSeconds: grace } };
  const isShorter = grace < (metadata.deletionGracePeriodSeconds ?? 0);
  if (!metadata.deletionTimestamp || isShorter) next.metadata.deletionTimestamp = timestamp(clock.now() + grace * 1000);
  if (type.hasGeneration && !metadata.deletionTimestamp) next.metadata.generation = (metadata.generation ?? 0) + 1;
  if (type.storageKey === '/namespaces') next['status'] = { ...(next['status'] as object), phase: 'Terminating' };
  if (propagationPolicy === 'Foreground' && !metadata.finalizers?.includes(FOREGROUND))
    next.metadata.finalizers = [...(metadata.finalizers ?? []), FOREGROUND];
  return next;
}

/** Finalizer of an object that goes after what it owns; upkeep takes it away. */
export const FOREGROUND = 'foregroundDeletion';

/** A second request changes something where it shortens the time, or wants dependents gone first. */
const isSooner = (next: ApiObject, old: ApiObject) =>
  next.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
  next.metadata.finalizers?.length !== old.metadata.finalizers?.length;

const isGraceful = ({ storageKey }: ResourceType) => storageKey === '/pods';

/** Only Pods that have a node and have not ended are given time. */
function graceSeconds({ type, object }: Stored, asked: number | undefined): number {
  if (type !== '/pods') return 0;
  const phase = valueAt(object, ['status', 'phase']);
  if (!valueAt(object, ['spec', 'nodeName']) || phase === 'Succeeded' || phase === 'Failed') return 0;
  const own = valueAt(object, ['spec', 'terminationGracePeriodSeconds']);
  const wanted = asked ?? (typeof own === 'number' ? own : 30);
  const begun = object.metadata.deletionGracePeriodSeconds;
  // a second request may shorten the time, never lengthen it
  return object.metadata.deletionTimestamp && begun !== undefined ? Math.min(wanted, begun) : wanted;
}

function checkPreconditions(type: ResourceType, { object, name }: Stored, options: DeleteOptions): void {
  const { uid, resourceVersion } = object.metadata;
  if (options.uid !== undefined && options.uid !== uid)
    throw conflict(
      kindName(type),
      name,
      `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion)
    throw conflict(
      kindName(type),
      name,
      `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
}

function success({ group, plural }: ResourceType, { name, object }: Stored): Status {
  const { uid } = object.metadata;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group && { group }), kind: plural, ...(uid && { uid }) },
  };
}
