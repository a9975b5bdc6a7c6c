import { isDeepStrictEqual } from 'node:util';
import { invalidValue } from '../field-error.ts';
import { validateMetadata } from '../metadata.ts';
import type { ApiObject, JsonObject } from '../object.ts';
import { badRequest, conflict, invalid, modified, notFound, StatusError } from '../status-error.ts';
import type { Stored } from '../store/stored.ts';
import { kindName, type ResourceType, resourceName } from '../types/resource-type.ts';
import type { Answer, ApiContext } from './context.ts';
import { decodeObject } from './decode.ts';
import type { WriteOptions } from './options.ts';
import { answerOf } from './serve.ts';

/** Which half of an object a write may change. */
export type Half = 'main' | 'status';

/** The stored object, or a 404. */
export function mustGet({ store }: ApiContext, type: ResourceType, namespace: string, name: string): Stored {
  const found = store.get(type.storageKey, namespace, name);
  if (!found) throw notFound(resourceName(type), name);
  return found;
}

/** Replaces an object by a request's body; its resourceVersion must be the present one. */
export function replaceObject(
  context: ApiContext,
  type: ResourceType,
  at: { namespace: string; name: string; half: Half },
  text: string,
  contentType: string | undefined,
  options: WriteOptions,
): Answer {
  const { object, warnings } = decodeObject(type, text, contentType, options.fieldValidation);
  checkIdentity(object, at);
  const existing = mustGet(context, type, at.namespace, at.name);
  if (!givenVersion(object) && (type.isCustom || NEEDS_VERSION.has(type.storageKey))) {
    const error = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalid(resourceName(type), at.name, [error]);
  }
  const { uid } = existing.object.metadata;
  if (object.metadata.uid && object.metadata.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${object.metadata.uid}, UID in object meta: ${uid}`;
    throw conflict(resourceName(type), at.name, why);
  }
  return answerOf(type, writeObject(context, type, existing, object, at.half, options), 200, warnings);
}

/** Built-in types that refuse a replacement without a version. */
const NEEDS_VERSION = new Set(['coordination.k8s.io/leases', 'apiextensions.k8s.io/customresourcedefinitions']);

/** Throws a 400 where the object names itself otherwise than the URL, or not at all. */
export function checkIdentity({ metadata }: ApiObject, at: { namespace: string; name: string }): void {
  if (metadata.namespace && metadata.namespace !== at.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (!metadata.name)
    throw badRequest(`the name of the object (${at.name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== at.name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${at.name})`);
  if (at.namespace) metadata.namespace = at.namespace;
}

/** The version that a writer says it knows; undefined where it says none. Throws where it is no number. */
function givenVersion({ metadata }: ApiObject): string | undefined {
  const { resourceVersion } = metadata;
  if (!resourceVersion || resourceVersion === '0') return undefined;
  if (/^\d+$/.test(resourceVersion)) return resourceVersion;
  throw new StatusError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
}

/**
 * Writes `next` over `existing`: checks its version, keeps what a write can't change, defaults, validates, counts the
 * generation. Writes nothing when nothing changed; removes the object when its last finalizer went.
 */
export function writeObject(
  context: ApiContext,
  type: ResourceType,
  existing: Stored,
  given: ApiObject,
  half: Half,
  { dryRun }: Pick<WriteOptions, 'dryRun'> = { dryRun: false },
): ApiObject {
  const old = existing.object;
  if ((givenVersion(given) ?? old.metadata.resourceVersion) !== old.metadata.resourceVersion)
    throw modified(resourceName(type), existing.name);
  const next = keepUnwritable(type, given, old, half);
  type.setDefaults(next, old);
  if (type.hasGeneration && half === 'main' && specChanged(next, old))
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  const errors = half === 'main' ? validateUpdate(type, next, old) : [];
  errors.push(...type.validate(next, old, half === 'status', errors));
  if (errors.length > 0) throw invalid(kindName(type), existing.name, errors);
  if (isDeepStrictEqual(next, old)) return old;
  if (dryRun) return next;
  if (next.metadata.deletionTimestamp && mayGo(next) && !isHeldContainer(type))
    return context.store.remove(existing, next).object;
  return context.store.put(type.storageKey, next).object;
}

/** An object being deleted goes when no finalizer holds it and its grace is over. */
export function mayGo({ metadata }: ApiObject): boolean {
  return (metadata.finalizers?.length ?? 0) === 0 && (metadata.deletionGracePeriodSeconds ?? 0) === 0;
}

/** Namespaces and CRDs go only when what they hold is gone: upkeep removes them. */
export const isHeldContainer = ({ storageKey }: ResourceType): boolean =>
  storageKey === '/namespaces' || storageKey === 'apiextensions.k8s.io/customresourcedefinitions';

function keepUnwritable(type: ResourceType, given: ApiObject, old: ApiObject, half: Half): ApiObject {
  if (half === 'status') {
    const next: ApiObject = { ...structuredClone(old) };
    if (given['status'] === undefined) delete next['status'];
    else next['status'] = given['status'];
    return next;
  }
  const { uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds, generateName } =
    old.metadata;
  const kept = {
    uid: given.metadata.uid || uid,
    creationTimestamp,
    generation,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    generateName,
  };
  const metadata = { ...given.metadata, ...kept, resourceVersion: old.metadata.resourceVersion } as JsonObject;
  for (const name of Object.keys(metadata)) if (metadata[name] === undefined) delete metadata[name];
  const next: ApiObject = { ...given, metadata };
  if (type.hasStatus) {
    if (old['status'] === undefined) delete next['status'];
    else next['status'] = structuredClone(old['status']);
  }
  return next;
}

function validateUpdate(type: ResourceType, next: ApiObject, old: ApiObject) {
  const errors = validateMetadata(next, type.nameRule);
  if (next.metadata.uid !== old.metadata.uid)
    errors.push(invalidValue('metadata.uid', next.metadata.uid, 'field is immutable'));
  if (old.metadata.deletionTimestamp) {
    const before = old.metadata.finalizers ?? [];
    const added = (next.metadata.finalizers ?? []).filter(finalizer => !before.includes(finalizer));
    if (added.length > 0)
      errors.push({
        type: 'FieldValueForbidden',
        field: 'metadata.finalizers',
        detail: `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map(each => JSON.stringify(each)).join(', ')}}`,
      });
  }
  return errors;
}

/** Anything beside metadata and status counts as spec. */
function specChanged(next: ApiObject, old: ApiObject): boolean {
  const { metadata: _a, status: _b, ...mine } = next;
  const { metadata: _c, status: _d, ...theirs } = old;
  return !isDeepStrictEqual(mine, theirs);
}
