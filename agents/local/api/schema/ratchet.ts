import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../field-error.ts';
import { ROOT_FIELD } from '../field-error.ts';
import { isObject } from '../object.ts';
import type { JsonSchema } from './json-schema.ts';

/**
 * Validation ratcheting: an update is not refused for what it leaves as it was, so that a schema may become stricter
 * while objects exist. Errors of fields that have the same value in `old` go.
 */
export function dropUnchanged(
  errors: readonly FieldError[],
  object: unknown,
  old: unknown,
  schema: JsonSchema,
): FieldError[] {
  return errors.filter(({ field, type }) => {
    if (field === ROOT_FIELD) return true;
    const path = type === 'FieldValueRequired' ? parentOf(field) : field;
    return !isUnchanged(object, old, schema, namesOf(path));
  });
}

const parentOf = (field: string) => field.replace(/\.?[^.]*$/, '');
const namesOf = (field: string) => field.split(/[.[\]]+/).filter(name => name !== '');

/** Whether the value at `names` was there before and is the same; one in a list without keys is compared by its list. */
function isUnchanged(now: unknown, old: unknown, schema: JsonSchema | undefined, names: readonly string[]): boolean {
  const [name, ...rest] = names;
  if (now === undefined || old === undefined) return false;
  if (name === undefined) return isDeepStrictEqual(now, old);
  if (Array.isArray(now)) {
    if (schema?.['x-kubernetes-list-type'] !== 'map') return isDeepStrictEqual(now, old);
    const item: unknown = now[Number(name)];
    return isUnchanged(item, counterpart(item, old, schema), schema.items, rest);
  }
  if (!isObject(now) || !isObject(old)) return false;
  const { properties, additionalProperties } = schema ?? {};
  const inner = properties?.[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  return isUnchanged(now[name], old[name], inner, rest);
}

/** The item of the `old` list that has the same keys as `item`. */
export function counterpart(item: unknown, old: unknown, schema: JsonSchema): unknown {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const isSame = (other: unknown) => isObject(item) && isObject(other) && keys.every(key => item[key] === other[key]);
  return Array.isArray(old) ? old.find(isSame) : undefined;
}
