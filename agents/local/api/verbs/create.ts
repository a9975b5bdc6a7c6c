import { randomInt, randomUUID } from 'node:crypto';
import { validateMetadata } from '../metadata.ts';
import { type ApiObject, timestamp } from '../object.ts';
import { alreadyExists, badRequest, forbidden, invalid, notFound, StatusError } from '../status-error.ts';
import { kindName, type ResourceType, resourceName } from '../types/resource-type.ts';
import { admitPod } from './admit-pod.ts';
import type { Answer, ApiContext } from './context.ts';
import { decodeObject } from './decode.ts';
import type { WriteOptions } from './options.ts';
import { answerOf } from './serve.ts';

/** Creates an object of `type` in `namespace` (empty for cluster-scoped types) from a request's body. */
export function createObject(
  context: ApiContext,
  type: ResourceType,
  namespace: string,
  text: string,
  contentType: string | undefined,
  options: WriteOptions,
): Answer {
  const { object, warnings } = decodeObject(type, text, contentType, options.fieldValidation);
  const created = insertObject(context, type, namespace, object, options);
  return answerOf(type, created, 201, warnings);
}

/** Validates and stores a decoded object; the object as stored (or as it would be). */
export function insertObject(
  context: ApiContext,
  type: ResourceType,
  namespace: string,
  object: ApiObject,
  { dryRun }: Pick<WriteOptions, 'dryRun'> = { dryRun: false },
): ApiObject {
  setNamespace(type, object, namespace);
  checkNamespace(context, type, object);
  prepare(context, type, object);
  type.setDefaults(object, undefined);
  if (type.storageKey === '/pods') admitPod(context, object);
  const errors = validateMetadata(object, type.nameRule);
  errors.push(...type.validate(object, undefined, false, errors));
  if (errors.length > 0) throw invalid(kindName(type), object.metadata.name ?? '', errors);
  const name = object.metadata.name!;
  if (context.store.get(type.storageKey, namespace, name)) throw alreadyExists(resourceName(type), name);
  return dryRun ? object : context.store.put(type.storageKey, object).object;
}

function setNamespace(type: ResourceType, { metadata }: ApiObject, namespace: string): void {
  if (!type.namespaced) delete metadata.namespace;
  else if (metadata.namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  else metadata.namespace = namespace;
}

function checkNamespace({ store }: ApiContext, type: ResourceType, { metadata }: ApiObject): void {
  if (!type.namespaced) return;
  const { namespace = '' } = metadata;
  const found = store.get('/namespaces', '', namespace);
  if (!found) throw notFound({ group: '', name: 'namespaces' }, namespace);
  if (!found.object.metadata.deletionTimestamp) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  throw forbidden(resourceName(type), metadata.name ?? '', why, [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ]);
}

/** What the server sets itself, and what a create can't set. */
function prepare({ store, clock }: ApiContext, type: ResourceType, object: ApiObject): void {
  const { metadata } = object;
  if (metadata.resourceVersion)
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
  if (type.storageKey !== '/nodes' && type.hasStatus) delete object['status'];
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.resourceVersion;
  delete metadata.generation;
  if (type.hasGeneration) metadata.generation = 1;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp(clock.now());
  if (!metadata.name && metadata.generateName) {
    metadata.name = generateName(metadata.generateName, name =>
      Boolean(store.get(type.storageKey, metadata.namespace ?? '', name)),
    );
  }
}

/** Letters and digits without vowels and look-alikes, so that no words appear. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const LONGEST_BASE = 58;

/** `base` and five random letters; tries again (a few times, like the real server) while `taken`. */
function generateName(base: string, taken: (name: string) => boolean): string {
  for (let attempt = 0; attempt < 8; attempt++) {
    const suffix = Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
    const name = base.slice(0, LONGEST_BASE) + suffix;
    if (!taken(name)) return name;
  }
  throw new StatusError(500, 'ServerTimeout', `no free name found for generateName ${base}, please try again`);
}
