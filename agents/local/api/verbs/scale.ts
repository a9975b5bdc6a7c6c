import { type FieldError, invalidValue } from '../field-error.ts';
import { parseBody, unrecognized } from '../http/body.ts';
import { type ApiObject, isObject, type JsonObject, setAt, valueAt } from '../object.ts';
import { readPatch } from '../patch/apply-patch.ts';
import { badRequest, invalid, modified, type StatusError } from '../status-error.ts';
import type { Stored } from '../store/stored.ts';
import { builtinSchema } from '../types/builtin-schemas.ts';
import { DecodeError, decodeBuiltin } from '../types/decode-builtin.ts';
import { kindName, type ResourceType, resourceName, type ScalePaths } from '../types/resource-type.ts';
import type { Answer, ApiContext } from './context.ts';
import type { WriteOptions } from './options.ts';
import { checkIdentity, mustGet, writeObject } from './update.ts';

const SCALE = builtinSchema('io.k8s.api.autoscaling.v1.Scale');

/** The autoscaling/v1 Scale of an object. */
export function getScale(context: ApiContext, type: ResourceType, at: { namespace: string; name: string }): Answer {
  const { object } = mustGet(context, type, at.namespace, at.name);
  return { code: 200, body: scaleOf(object, type.scale!) };
}

/** Sets the replicas of an object through its Scale: a whole one, or (with `isPatch`) a patch of it. */
export function writeScale(
  context: ApiContext,
  type: ResourceType,
  at: { namespace: string; name: string; isPatch: boolean },
  text: string,
  contentType: string | undefined,
  options: WriteOptions,
): Answer {
  const existing = mustGet(context, type, at.namespace, at.name);
  const read = at.isPatch ? patchedScale : wholeScale;
  const scale = read(scaleOf(existing.object, type.scale!), type, text, contentType, options);
  checkIdentity(scale, at);
  const written = setReplicas(context, type, existing, scale, options);
  return { code: 200, body: scaleOf(written, type.scale!) };
}

type ReadScale = (
  now: JsonObject,
  type: ResourceType,
  text: string,
  contentType: string | undefined,
  options: WriteOptions,
) => ApiObject;

const patchedScale: ReadScale = (now, type, text, contentType, options) => {
  const patch = readPatch(text, contentType, { schema: type.isCustom ? undefined : SCALE });
  const refuse = (problem: string) => invalid({ group: '', name: '' }, '', [invalidValue('patch', text, problem)]);
  return decodeScale(patch.apply(now as unknown as ApiObject), options, refuse);
};

const wholeScale: ReadScale = (_now, _type, text, contentType, options) => {
  const { value } = parseBody(text, contentType, unrecognized('Scale', text));
  const { kind = 'Scale', apiVersion = '' } = (value ?? {}) as { kind?: string; apiVersion?: string };
  if (kind !== 'Scale') throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`);
  const refuse = (problem: string) => badRequest(`Scale in version "v1" cannot be handled as a Scale: ${problem}`);
  return decodeScale(value ?? {}, options, refuse);
};

function decodeScale(value: unknown, options: WriteOptions, refuse: (problem: string) => StatusError): ApiObject {
  try {
    const unknown = decodeBuiltin(value, SCALE);
    if (options.fieldValidation === 'Strict' && unknown.length > 0)
      throw refuse(`strict decoding error: ${unknown.map(path => `unknown field "${path}"`).join(', ')}`);
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(error.message);
    throw error;
  }
  const scale = value as ApiObject;
  scale.metadata ??= {};
  return scale;
}

function setReplicas(
  context: ApiContext,
  type: ResourceType,
  existing: Stored,
  scale: ApiObject,
  options: WriteOptions,
): ApiObject {
  const { resourceVersion } = scale.metadata;
  if (resourceVersion && resourceVersion !== existing.object.metadata.resourceVersion)
    throw modified(resourceName(type), existing.name);
  const replicas = (valueAt(scale, ['spec', 'replicas']) ?? 0) as number;
  const next = structuredClone(existing.object);
  setAt(next as JsonObject, type.scale!.specReplicas, replicas);
  if (replicas < 0) throw negative(type, existing, next, replicas);
  return writeObject(context, type, existing, next, 'main', options);
}

function negative(type: ResourceType, existing: Stored, next: ApiObject, replicas: number): StatusError {
  const error = (field: string, detail: string): FieldError => invalidValue(field, replicas, detail);
  if (!type.isCustom)
    return invalid({ group: 'autoscaling', name: 'Scale' }, existing.name, [
      error('spec.replicas', 'must be greater than or equal to 0'),
    ]);
  const errors = type.validate(next, existing.object, false, []);
  return invalid(kindName(type), existing.name, [
    ...errors,
    error(`.${type.scale!.specReplicas.join('.')}`, 'should be a non-negative integer'),
  ]);
}

function scaleOf(object: ApiObject, paths: ScalePaths): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = valueAt(object, paths.specReplicas);
  const selector = paths.selector ? valueAt(object, paths.selector) : selectorText(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // zero is left out, as Go leaves it out
    spec: replicas ? { replicas } : {},
    status: { replicas: valueAt(object, paths.statusReplicas) ?? 0, ...(selector ? { selector } : {}) },
  };
}

function selectorText(object: ApiObject): string {
  const labels = valueAt(object, ['spec', 'selector', 'matchLabels']);
  return isObject(labels)
    ? Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(',')
    : '';
}
