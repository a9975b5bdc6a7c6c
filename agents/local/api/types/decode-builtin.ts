import { child } from '../field-error.ts';
import { isObject, type JsonObject } from '../object.ts';
import { type JsonSchema, keepsUnknown, refName, resolveSchema } from '../schema/json-schema.ts';
import { badRequest } from '../status-error.ts';
import { BUILTIN_SCHEMAS } from './builtin-schemas.ts';

/** What the walk needs to tell an error as Go's decoder does. */
interface Walk {
  readonly unknown: string[];
  readonly fail: (field: string, path: string, value: unknown, wanted: string) => never;
}

/**
 * Reads `object` as Go reads JSON into a struct, in place: nulls and unknown fields go (the paths of the latter are
 * returned), a value of another type is a 400.
 */
export function decodeBuiltin(object: JsonObject, schema: JsonSchema, version: string, kind: string): string[] {
  const unknown: string[] = [];
  const fail: Walk['fail'] = (struct, path, value, wanted) => {
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal ${jsonType(value)} into Go struct field ${struct}.${path} of type ${wanted}`,
    );
  };
  decode(object, schema, '', kind, { unknown, fail });
  return unknown;
}

function decode(value: unknown, schema: JsonSchema, path: string, struct: string, walk: Walk): void {
  const resolved = resolveSchema(schema, BUILTIN_SCHEMAS);
  const name = schema.$ref === undefined ? struct : (refName(schema.$ref).split('.').at(-1) ?? struct);
  // schemas inside of CRDs refer to themselves and may hold anything; they are checked when they are compiled
  if (name.startsWith('JSONSchemaProps') || keepsUnknown(resolved)) return;
  const wanted = goType(resolved, name);
  if (wanted !== undefined && !fits(value, resolved)) walk.fail(struct, path, value, wanted);
  if (Array.isArray(value)) {
    const { items } = resolved;
    if (items) for (const [index, item] of value.entries()) decode(item, items, `${path}[${index}]`, name, walk);
  } else if (isObject(value)) decodeObject(value, resolved, path, name, walk);
}

function decodeObject(object: JsonObject, schema: JsonSchema, path: string, struct: string, walk: Walk): void {
  const { properties, additionalProperties } = schema;
  if (!properties && !additionalProperties) return;
  for (const name in object) {
    const known = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
    const next = known ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (object[name] === null) delete object[name];
    else if (next) decode(object[name], next, child(path, name), struct, walk);
    else if (additionalProperties !== true) {
      delete object[name];
      walk.unknown.push(child(path, name));
    }
  }
}

function fits(value: unknown, { type, format }: JsonSchema): boolean {
  if (format === 'int-or-string') return typeof value === 'string' || Number.isInteger(value);
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    default:
      return typeof value === type;
  }
}

/** The Go type as the error tells it; undefined where several types are taken. */
function goType(schema: JsonSchema, struct: string): string | undefined {
  if (schema.oneOf) return undefined;
  switch (schema.type) {
    case 'integer':
      return schema.format ?? 'int';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'array':
      return `[]${struct}`;
    case 'object':
      return schema.additionalProperties ? 'map[string]string' : `v1.${struct}`;
    default:
      return schema.type;
  }
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}
