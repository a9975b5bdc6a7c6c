import { child } from '../field-error.ts';
import { isObject, type JsonObject } from '../object.ts';
import { type JsonSchema, keepsUnknown, refName, resolveSchema } from '../schema/json-schema.ts';
import { BUILTIN_SCHEMAS } from './builtin-schemas.ts';
import { canonicalQuantity } from './quantity.ts';

/** A value that can't be read into its field; the message is what Go's decoder says. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** A field on the way: its path with indexes as warnings have it, without them as Go has it, and the struct it is of. */
interface Place {
  readonly path: string;
  readonly goPath: string;
  readonly struct: string;
}

/**
 * Reads `object` as Go reads JSON into a struct, in place: nulls, empty lists and maps, and unknown fields go (the
 * paths of the latter are returned), quantities take their canonical form. Throws a DecodeError.
 */
export function decodeBuiltin(object: unknown, schema: JsonSchema): string[] {
  const unknown: string[] = [];
  decode(object, schema, { path: '', goPath: '', struct: '' }, unknown);
  return unknown;
}

function decode(value: unknown, schema: JsonSchema, place: Place, unknown: string[]): unknown {
  const resolved = resolveSchema(schema, BUILTIN_SCHEMAS);
  const name = schema.$ref === undefined ? '' : refName(schema.$ref);
  const type = name.slice(name.lastIndexOf('.') + 1);
  // schemas inside of CRDs refer to themselves and may hold anything; they are checked when they are compiled
  if (type.startsWith('JSONSchemaProps') || keepsUnknown(resolved)) return value;
  if (type === 'Quantity') return readQuantity(value);
  checkType(value, resolved, type, place);
  if (Array.isArray(value)) {
    const { items } = resolved;
    if (items) {
      for (const [index, item] of value.entries())
        value[index] = decode(item ?? zeroOf(items), items, { ...place, path: `${place.path}[${index}]` }, unknown);
    }
  } else if (isObject(value)) decodeObject(value, resolved, type || place.struct, place, unknown);
  return value;
}

function decodeObject(object: JsonObject, schema: JsonSchema, struct: string, at: Place, unknown: string[]): void {
  const { properties, additionalProperties, required = [] } = schema;
  if (typeof additionalProperties === 'object') {
    for (const name in object) {
      const place = { ...at, path: child(at.path, name) };
      object[name] = decode(object[name] ?? zeroOf(additionalProperties), additionalProperties, place, unknown);
    }
  }
  if (!properties) return;
  // unknown fields of an object are told before those inside of its fields
  const known = Object.keys(object).filter(name => {
    if (Object.hasOwn(properties, name)) return true;
    delete object[name];
    unknown.push(child(at.path, name));
    return false;
  });
  for (const name of known) {
    const property = properties[name]!;
    if (object[name] === null) delete object[name];
    else {
      const place = { path: child(at.path, name), goPath: child(at.goPath, name), struct };
      object[name] = decode(object[name], property, place, unknown);
      if (!required.includes(name) && isOmitted(object[name], property)) delete object[name];
    }
  }
}

/** Go leaves empty lists and maps out, but writes empty structs. */
function isOmitted(value: unknown, schema: JsonSchema): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return schema.additionalProperties !== undefined && isObject(value) && Object.keys(value).length === 0;
}

/** What null stands for in a list or map. */
function zeroOf(schema: JsonSchema): unknown {
  const zeros: Record<string, unknown> = { string: '', integer: 0, number: 0, boolean: false };
  return zeros[resolveSchema(schema, BUILTIN_SCHEMAS).type ?? ''] ?? {};
}

function checkType(value: unknown, schema: JsonSchema, type: string, { goPath, struct }: Place): void {
  if (!fits(value, schema)) {
    const target = goPath === '' ? 'value' : `struct field ${struct}.${goPath}`;
    throw new DecodeError(
      `json: cannot unmarshal ${jsonType(value)} into Go ${target} of type ${goType(schema, type, goPath)}`,
    );
  }
  if (typeof value !== 'string') return;
  if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) {
    const shown = JSON.stringify(value);
    throw new DecodeError(`parsing time ${shown} as "2006-01-02T15:04:05Z07:00": cannot parse ${shown} as "2006"`);
  }
  if (schema.format === 'byte') {
    const wrong = wrongBase64At(value);
    if (wrong !== undefined) throw new DecodeError(`illegal base64 data at input byte ${wrong}`);
  }
}

/** Where `text` stops being base64; undefined where it is. */
export function wrongBase64At(text: string): number | undefined {
  const plain = text.replace(/[\r\n]/g, '');
  const good = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(plain)![0];
  return good.length === plain.length ? undefined : /^[A-Za-z0-9+/]*/.exec(plain)![0].length;
}

function readQuantity(value: unknown): string {
  const canonical =
    typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(String(value)) : undefined;
  if (canonical !== undefined) return canonical;
  throw new DecodeError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}

function fits(value: unknown, { type, format, oneOf }: JsonSchema): boolean {
  if (format === 'int-or-string') return typeof value === 'string' || Number.isInteger(value);
  if (oneOf) return true;
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case undefined:
      return true;
    default:
      return typeof value === type;
  }
}

/** The Go type as the error tells it. */
function goType(schema: JsonSchema, type: string, goPath: string): string {
  switch (schema.type) {
    case 'integer':
      return schema.format ?? 'int';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'array': {
      const item = schema.items ?? {};
      const name = item.$ref === undefined ? '' : refName(item.$ref);
      return `[]${goType(resolveSchema(item, BUILTIN_SCHEMAS), name.slice(name.lastIndexOf('.') + 1), '')}`;
    }
    case 'object':
      return schema.additionalProperties ? 'map[string]string' : `v1.${type}`;
    default:
      return /(^|\.)uid$/.test(goPath) ? 'types.UID' : (schema.type ?? 'string');
  }
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}
