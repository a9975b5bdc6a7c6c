import { child, duplicateValue, type FieldError } from '../field-error.ts';
import { isObject, type JsonObject } from '../object.ts';
import type { JsonSchema } from './json-schema.ts';

/** Finds items that occur twice in lists of type set and map. */
export type ListTypeValidator = (value: unknown, path: string, errors: FieldError[]) => void;

/** Compiles x-kubernetes-list-type of `schema`; undefined where no list has a type that matters. */
export function compileListTypes(schema: JsonSchema): ListTypeValidator | undefined {
  const items = schema.items && compileListTypes(schema.items);
  const values =
    typeof schema.additionalProperties === 'object' ? compileListTypes(schema.additionalProperties) : undefined;
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const check = compileListTypes(property);
    return check ? [[name, check] as const] : [];
  });
  const keyOf = identity(schema);
  if (!items && !values && !keyOf && fields.length === 0) return undefined;
  return (value, path, errors) => {
    if (Array.isArray(value)) {
      if (keyOf) findDuplicates(value, keyOf, path, errors);
      if (items) for (const [index, item] of value.entries()) items(item, `${path}[${index}]`, errors);
    } else if (isObject(value)) {
      for (const [name, check] of fields) if (value[name] !== undefined) check(value[name], child(path, name), errors);
      if (values) for (const name in value) values(value[name], child(path, name), errors);
    }
  };
}

/** What must be unique in a list: the item of a set, the key fields of a map. */
function identity(schema: JsonSchema): ((item: unknown) => unknown) | undefined {
  if (schema['x-kubernetes-list-type'] === 'set') return item => item;
  if (schema['x-kubernetes-list-type'] !== 'map') return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return item => {
    const key: JsonObject = {};
    if (isObject(item)) for (const name of keys) if (item[name] !== undefined) key[name] = item[name];
    return key;
  };
}

function findDuplicates(list: unknown[], keyOf: (item: unknown) => unknown, path: string, errors: FieldError[]) {
  const seen = new Set<string>();
  list.forEach((item, index) => {
    const key = keyOf(item);
    const text = JSON.stringify(key);
    if (seen.has(text)) errors.push(duplicateValue(`${path}[${index}]`, key));
    seen.add(text);
  });
}
