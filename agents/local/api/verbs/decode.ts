import { invalidValue } from '../field-error.ts';
import { parseBody, unrecognized } from '../http/body.ts';
import { type ApiObject, isObject } from '../object.ts';
import { badRequest, invalid, type StatusError } from '../status-error.ts';
import { DecodeError } from '../types/decode-builtin.ts';
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
  const body = parseBody(text, contentType, unrecognized(type.kind, text));
  const object = asObjectOf(type, body.value, text);
  const refuse = (problem: string) =>
    badRequest(`${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: ${problem}`);
  const strict = readFields(type, object, validation, () => body.duplicates(), refuse);
  return { object, warnings: validation === 'Warn' ? strict : [] };
}

/**
 * Drops unknown fields from `object`; the texts on them and on duplicate ones, unless they are ignored. Throws what
 * `refuse` makes of a value that can't be read, and of those texts where the writer asks for strictness.
 */
export function readFields(
  type: ResourceType,
  object: ApiObject,
  validation: FieldValidation,
  duplicates: () => string[],
  refuse: (problem: string) => StatusError,
): string[] {
  if (object.metadata === undefined || object.metadata === null) object.metadata = {};
  const unknown = unknownFields(type, object, refuse);
  const { metadata } = object as { metadata: Record<string, unknown> };
  for (const managed of ['managedFields', 'selfLink']) delete metadata[managed];
  if (validation === 'Ignore') return [];
  const strict = [...duplicates(), ...unknown.map(path => `unknown field "${path}"`)];
  if (validation === 'Strict' && strict.length > 0) throw refuse(`strict decoding error: ${strict.join(', ')}`);
  return strict;
}

function unknownFields(type: ResourceType, object: ApiObject, refuse: (problem: string) => StatusError): string[] {
  try {
    return type.decode(object);
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(error.message);
    throw error;
  }
}

function asObjectOf(type: ResourceType, value: unknown, text: string): ApiObject {
  // built-in types are known by their path; custom ones must say what they are
  const given = value === null && !type.isCustom ? {} : value;
  const refuse = unrecognized(type.kind, text);
  if (given === null || (isObject(given) && !given['kind'] && type.isCustom))
    throw refuse(`Object 'Kind' is missing in '${text}'`);
  if (!isObject(given)) {
    const got = Array.isArray(given) ? 'array' : typeof given;
    throw refuse(`couldn't get version/kind; json parse error: json: cannot unmarshal ${got} into Go value`);
  }
  for (const name of ['kind', 'apiVersion'] as const) {
    const wrong = given[name] !== undefined && given[name] !== null && typeof given[name] !== 'string';
    if (wrong)
      throw refuse(
        `couldn't get version/kind; json parse error: json: cannot unmarshal ${typeof given[name]} into Go struct field .${name} of type string`,
      );
  }
  const version = groupVersion(type);
  const { kind, apiVersion, metadata, ...rest } = given as { kind?: string; apiVersion?: string; metadata?: unknown };
  if (apiVersion !== version && (apiVersion || type.isCustom))
    throw badRequest(
      `the API version in the data (${apiVersion ?? ''}) does not match the expected API version (${version})`,
    );
  if (kind && kind !== type.kind) throw wrongKind(type, kind, given);
  // kind and version come first: lists of built-in types leave them out of their items' JSON
  return { apiVersion: version, kind: type.kind, metadata: metadata as ApiObject['metadata'], ...rest };
}

function wrongKind(type: ResourceType, kind: string, value: object) {
  if (!type.isCustom)
    return badRequest(
      `${kind} in version "${type.version}" cannot be handled as a ${type.kind}: no kind "${kind}" is registered for version "${groupVersion(type)}"`,
    );
  const { name = '' } = (value as ApiObject).metadata ?? {};
  return invalid({ group: type.group, name: kind }, name, [invalidValue('kind', kind, `must be ${type.kind}`)]);
}
