import { child } from '../field-error.ts';
import { isObject, type JsonObject } from '../object.ts';
import { type JsonSchema, keepsUnknown } from './json-schema.ts';

/**
 * Removes from `value` (in place) what `schema` does not name, and adds the paths of what went to `unknown`; nulls
 * go where the schema does not allow them, which makes room for defaults. Fields under x-kubernetes-preserve-unknown-fields stay; apiVersion, kind and metadata of the root stay as well.
 */
export function prune(value: unknown, schema: JsonSchema, unknown: string[], path = '', isRoot = true): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const [index, item] of value.entries()) prune(item, items, unknown, `${path}[${index}]`, false);
    return;
  }
  if (isObject(value)) pruneObject(value, schema, unknown, path, isRoot || isEmbedded(schema));
}

const isEmbedded = (schema: JsonSchema) => schema['x-kubernetes-embedded-resource'] === true;

function pruneObject(object: JsonObject, schema: JsonSchema, unknown: string[], path: string, isResource: boolean) {
  const { properties, additionalProperties } = schema;
  for (const name in object) {
    if (isResource && (name === 'apiVersion' || name === 'kind' || name === 'metadata')) continue;
    const named = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
    const known = named ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (known && object[name] === null && !known.nullable) delete object[name];
    else if (known) prune(object[name], known, unknown, child(path, name), false);
    else if (!additionalProperties && !keepsUnknown(schema)) {
      delete object[name];
      unknown.push(child(path, name));
    }
  }
}
