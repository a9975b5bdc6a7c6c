import { isObject, type JsonObject } from '../object.ts';
import type { JsonSchema } from './json-schema.ts';

/** A JSON value as CEL sees it. */
export type ToCel = (value: unknown) => unknown;

const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** A property's name in a rule: Kubernetes escapes what CEL can't spell. */
export function escapeName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}

/**
 * Compiles the conversion of values of `schema`: integers become CEL ints (JavaScript's numbers are doubles there),
 * properties take their escaped names, maps with odd keys become Maps. undefined where values are the same for CEL,
 * so that nothing is copied.
 */
export function compileToCel(schema: JsonSchema): ToCel | undefined {
  if (schema['x-kubernetes-int-or-string'] || schema.type === 'integer') {
    return value => (Number.isInteger(value) ? BigInt(value as number) : value);
  }
  const items = schema.items && compileToCel(schema.items);
  if (items) return value => (Array.isArray(value) ? value.map(items) : value);
  if (typeof schema.additionalProperties === 'object') return mapToCel(compileToCel(schema.additionalProperties));
  const changed = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const convert = compileToCel(property);
    const escaped = escapeName(name);
    return convert || escaped !== name ? [{ name, escaped, convert }] : [];
  });
  if (changed.length === 0) return undefined;
  return value => {
    if (!isObject(value)) return value;
    const out: JsonObject = { ...value };
    for (const { name, escaped, convert } of changed) {
      if (!(name in value)) continue;
      if (escaped !== name) delete out[name];
      out[escaped] = convert ? convert(value[name]) : value[name];
    }
    return out;
  };
}

/** The library knows a map by its `constructor`, so one with a key of that name must be a Map. */
function mapToCel(convert: ToCel | undefined): ToCel {
  return value => {
    if (!isObject(value)) return value;
    const isOdd = Object.hasOwn(value, 'constructor');
    if (!convert && !isOdd) return value;
    const entries = Object.entries(value).map(([key, each]) => [key, convert ? convert(each) : each] as const);
    return isOdd ? new Map(entries) : Object.fromEntries(entries);
  };
}
