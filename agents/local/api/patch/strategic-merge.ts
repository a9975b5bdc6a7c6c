import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../object.ts';
import { type JsonSchema, resolveSchema } from '../schema/json-schema.ts';
import { badRequest } from '../status-error.ts';
import { BUILTIN_SCHEMAS } from '../types/builtin-schemas.ts';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

/**
 * Kubernetes' strategic merge patch: as a merge patch, but lists whose schema names a merge key are merged item by
 * item, and `$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…` and `$setElementOrder/…` direct it. Changes `target`.
 */
export function strategicMerge(target: JsonObject, patch: JsonObject, schema: JsonSchema): JsonObject {
  if (patch[DIRECTIVE] === 'replace') return without(patch, [DIRECTIVE]);
  if (patch[DIRECTIVE] === 'delete') return {};
  const { properties = {}, additionalProperties } = resolveSchema(schema, BUILTIN_SCHEMAS);
  const schemaOf = (name: string): JsonSchema =>
    properties[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : {});
  retainKeys(target, patch[RETAIN_KEYS]);
  for (const [name, value] of Object.entries(patch)) {
    if (name === DIRECTIVE || name === RETAIN_KEYS || name.startsWith(SET_ORDER)) continue;
    if (name.startsWith(DELETE_FROM_LIST)) deleteItems(target, name.slice(DELETE_FROM_LIST.length), value);
    else if (value === null) delete target[name];
    else target[name] = mergeValue(target[name], value, schemaOf(name));
  }
  for (const [name, order] of Object.entries(patch)) {
    if (name.startsWith(SET_ORDER))
      setOrder(target, name.slice(SET_ORDER.length), order, schemaOf(name.slice(SET_ORDER.length)));
  }
  return target;
}

function mergeValue(target: unknown, patch: unknown, schema: JsonSchema): unknown {
  if (isObject(patch)) return strategicMerge(isObject(target) ? target : {}, patch, schema);
  if (!Array.isArray(patch)) return patch;
  const before = Array.isArray(target) ? target : [];
  if (!schema['x-kubernetes-patch-strategy']?.includes('merge')) return patch;
  const key = schema['x-kubernetes-patch-merge-key'];
  if (key === undefined)
    return [...before, ...patch.filter(item => !before.some(each => isDeepStrictEqual(each, item)))];
  return mergeByKey(before, patch, key, schema.items ?? {});
}

function mergeByKey(target: unknown[], patch: unknown[], key: string, items: JsonSchema): unknown[] {
  if (patch.some(item => isObject(item) && item[DIRECTIVE] === 'replace')) {
    return patch.filter(item => isObject(item) && item[DIRECTIVE] !== 'replace');
  }
  let list = [...target];
  for (const item of patch) {
    if (!isObject(item)) throw badRequest(`expected an object in the list merged by ${key}`);
    if (item[key] === undefined)
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    const same = (each: unknown) => isObject(each) && each[key] === item[key];
    if (item[DIRECTIVE] === 'delete') list = list.filter(each => !same(each));
    else if (list.some(same))
      list = list.map(each => (same(each) ? strategicMerge(each as JsonObject, item, items) : each));
    else list.push(strategicMerge({}, item, items));
  }
  return list;
}

function retainKeys(target: JsonObject, keys: unknown): void {
  if (!Array.isArray(keys)) return;
  for (const name of Object.keys(target)) if (!keys.includes(name)) delete target[name];
}

function deleteItems(target: JsonObject, name: string, values: unknown): void {
  if (Array.isArray(target[name]) && Array.isArray(values)) {
    target[name] = target[name].filter(item => !values.includes(item));
  }
}

/** Items named in `order` come in that order; the others keep their places after them. */
function setOrder(target: JsonObject, name: string, order: unknown, schema: JsonSchema): void {
  const list = target[name];
  if (!Array.isArray(list) || !Array.isArray(order)) return;
  const key = schema['x-kubernetes-patch-merge-key'];
  const identity = (item: unknown) => (key !== undefined && isObject(item) ? item[key] : item);
  const places = new Map(order.map((item, index) => [identity(item), index]));
  const place = (item: unknown) => places.get(identity(item)) ?? places.size;
  target[name] = list.toSorted((a, b) => place(a) - place(b));
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
