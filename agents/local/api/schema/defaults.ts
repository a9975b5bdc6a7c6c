import { isObject } from '../object.ts';
import type { JsonSchema } from './json-schema.ts';

/** Fills fields of `value` (in place) that are absent, or null where null is not allowed, with the schema's defaults. */
export type ApplyDefaults = (value: unknown) => void;

/** Compiles the defaults of `schema`; undefined where it has none, so that whole branches are never walked. */
export function compileDefaults(schema: JsonSchema): ApplyDefaults | undefined {
  const items = schema.items && compileDefaults(schema.items);
  const values =
    typeof schema.additionalProperties === 'object' ? compileDefaults(schema.additionalProperties) : undefined;
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const apply = compileDefaults(property);
    const has = property.default !== undefined;
    return apply || has ? [{ name, apply, has, value: property.default, nullable: property.nullable === true }] : [];
  });
  if (!items && !values && fields.length === 0) return undefined;
  const named = new Set(Object.keys(schema.properties ?? {}));
  return value => {
    if (Array.isArray(value)) {
      if (items) for (const item of value) items(item);
    } else if (isObject(value)) {
      for (const field of fields) {
        const present = value[field.name];
        const missing = present === undefined || (present === null && !field.nullable);
        if (missing && field.has) value[field.name] = structuredClone(field.value);
        field.apply?.(value[field.name]);
      }
      if (values) for (const name in value) if (!named.has(name)) values(value[name]);
    }
  };
}
