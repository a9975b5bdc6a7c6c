import { type ApiObject, timestamp, valueAt } from '../object.ts';
import { conflict, type Status } from '../status-error.ts';
import type { Stored } from '../store/stored.ts';
import { kindName, type ResourceType } from '../types/resource-type.ts';
import type { Answer, ApiContext } from './context.ts';
import type { DeleteOptions } from './options.ts';
import { answerOf } from './serve.ts';
import { mayGo, mustGet } from './update.ts';

/** Deletes one object, or marks it for deletion where finalizers or a grace period hold it. */
export function deleteObject(
  context: ApiContext,
  type: ResourceType,
  at: { namespace: string; name: string },
  options: DeleteOptions,
): Answer {
  const existing = mustGet(context, type, at.namespace, at.name);
  checkPreconditions(type, existing, options);
  const left = removeObject(context, type, existing, options);
  if (left) return answerOf(type, left);
  return { code: 200, body: success(type, existing) };
}

/**
 * Begins or completes the deletion of a stored object; the object where it is still there, undefined when it is gone.
 * Foreground deletion is treated as background: dependents go after their owner.
 */
export function removeObject(
  context: ApiContext,
  type: ResourceType,
  existing: Stored,
  options: Pick<DeleteOptions, 'dryRun' | 'gracePeriodSeconds' | 'propagationPolicy'>,
): ApiObject | undefined {
  const { store, clock } = context;
  const { metadata } = existing.object;
  const grace = graceSeconds(existing, options.gracePeriodSeconds);
  const deletionTimestamp = metadata.deletionTimestamp ?? timestamp(clock.now() + grace * 1000);
  const next: ApiObject = { ...existing.object, metadata: { ...metadata, deletionTimestamp } };
  next.metadata.deletionGracePeriodSeconds = grace;
  if (options.propagationPolicy === 'Orphan' && !options.dryRun) context.dependents.release(metadata.uid ?? '');
  if (type.storageKey === '/namespaces') next['status'] = { ...(next['status'] as object), phase: 'Terminating' };
  if (mayGo(next) && !isHeldContainer(type)) {
    if (!options.dryRun) store.remove(existing);
    return undefined;
  }
  const again = metadata.deletionTimestamp !== undefined && grace >= (metadata.deletionGracePeriodSeconds ?? 0);
  if (again || options.dryRun) return again ? existing.object : next;
  if (metadata.deletionTimestamp) next.metadata.deletionTimestamp = timestamp(clock.now() + grace * 1000);
  if (type.hasGeneration && !metadata.deletionTimestamp) next.metadata.generation = (metadata.generation ?? 0) + 1;
  return store.put(type.storageKey, next).object;
}

/** Namespaces and CRDs go only when what they hold is gone: upkeep removes them. */
const isHeldContainer = ({ storageKey }: ResourceType) =>
  storageKey === '/namespaces' || storageKey === 'apiextensions.k8s.io/customresourcedefinitions';

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
