import { invalidValue } from '../field-error.ts';
import { parseBody, unrecognized } from '../http/body.ts';
import { type ApiObject, isObject } from '../object.ts';
import { badRequest, invalid } from '../status-error.ts';
import { groupVersion, type ResourceType } from '../types/resource-type.ts';
import type { FieldValidation } from './options.ts';

/** An object as a client sent it, and what to warn of. */
export interface Decoded {
  readonly object: ApiObject;
  readonly warnings: string[];
}

/** Reads a request's body as an object of `type`. Throws 400, 415, or 422 on another kind. */
export function decodeObject(
  type: ResourceType,
  text: string,
  contentType: string | undefined,
  validation: FieldValidation,
): Decoded {
  const body = parseBody(text, contentType, type.kind);
  const object = asObjectOf(type, body.value, text);
  const strict = readFields(type, object, validation, () => body.duplicates());
  if (validation === 'Strict' && strict.length > 0) {
    throw badRequest(
      `${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: strict decoding error: ${strict.join(', ')}`,
    );
  }
  return { object, warnings: validation === 'Warn' ? strict : [] };
}

/** Drops unknown fields from `object`; the texts on them and on duplicate ones, unless they are ignored. */
export function readFields(
  type: ResourceType,
  object: ApiObject,
  validation: FieldValidation,
  duplicates: () => string[],
): string[] {
  if (object.metadata === undefined || object.metadata === null) object.metadata = {};
  const unknown = type.decode(object);
  const { metadata } = object as { metadata: Record<string, unknown> };
  for (const managed of ['managedFields', 'selfLink']) delete metadata[managed];
  if (validation === 'Ignore') return [];
  return [...duplicates().map(path => `duplicate field "${path}"`), ...unknown.map(path => `unknown field "${path}"`)];
}

function asObjectOf(type: ResourceType, value: unknown, text: string): ApiObject {
  if (!isObject(value))
    throw unrecognized(type.kind, 'json: cannot unmarshal into Go value of type runtime.TypeMeta', text);
  const version = groupVersion(type);
  const { kind, apiVersion } = value as { kind?: string; apiVersion?: string };
  // built-in types are known by their path; custom ones must say what they are
  if (!kind && type.isCustom) throw unrecognized(type.kind, `Object 'Kind' is missing in '${text}'`, text);
  if (apiVersion !== undefined && apiVersion !== '' && apiVersion !== version)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${version})`,
    );
  if (kind && kind !== type.kind) throw wrongKind(type, kind, value);
  const { metadata, ...rest } = value;
  return { ...rest, apiVersion: version, kind: type.kind, metadata: metadata as ApiObject['metadata'] };
}

function wrongKind(type: ResourceType, kind: string, value: object) {
  if (!type.isCustom)
    return badRequest(
      `${kind} in version "${type.version}" cannot be handled as a ${type.kind}: no kind "${kind}" is registered for version "${groupVersion(type)}"`,
    );
  const { name = '' } = (value as ApiObject).metadata ?? {};
  return invalid({ group: type.group, name: kind }, name, [invalidValue('kind', kind, `must be ${type.kind}`)]);
}
