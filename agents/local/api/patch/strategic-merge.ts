import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../object.ts';
import { type JsonSchema, resolveSchema } from '../schema/json-schema.ts';
import { StatusError } from '../status-error.ts';
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
  const directive = patch[DIRECTIVE];
  if (directive === 'replace') return without(patch, [DIRECTIVE]);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw unfit(`unknown patch type: ${directive} in map`);
  const { properties = {}, additionalProperties } = resolveSchema(schema, BUILTIN_SCHEMAS);
  const schemaOf = (name: string): JsonSchema =>
    properties[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : {});
  retainKeys(target, patch[RETAIN_KEYS]);
  for (const [name, value] of Object.entries(patch)) {
    if (name === DIRECTIVE || name === RETAIN_KEYS || name.startsWith(SET_ORDER)) continue;
    if (name.startsWith(DELETE_FROM_LIST)) deleteItems(target, name.slice(DELETE_FROM_LIST.length), value);
    else if (value === null) delete target[name];
    else target[name] = mergeValue(target[name], value, schemaOf(name), patch[`${SET_ORDER}${name}`]);
  }
  for (const [name, order] of Object.entries(patch)) {
    const list = name.slice(SET_ORDER.length);
    if (!name.startsWith(SET_ORDER) || patch[list] !== undefined || !Array.isArray(order)) continue;
    if (Array.isArray(target[list])) target[list] = inOrder(target[list], target[list], order, schemaOf(list));
  }
  return target;
}

function mergeValue(target: unknown, patch: unknown, schema: JsonSchema, order: unknown): unknown {
  if (isObject(patch)) return strategicMerge(isObject(target) ? target : {}, patch, schema);
  if (!Array.isArray(patch)) return patch;
  if (!schema['x-kubernetes-patch-strategy']?.includes('merge')) return patch;
  const before = Array.isArray(target) ? target : [];
  const key = schema['x-kubernetes-patch-merge-key'];
  if (key !== undefined && patch.some(item => isDirective(item, 'replace')))
    return patch.filter(item => !isDirective(item, 'replace'));
  const merged = key === undefined ? union(before, patch) : mergeByKey(before, patch, key, schema.items ?? {});
  return inOrder(merged, before, Array.isArray(order) ? order : patch, schema);
}

const isDirective = (item: unknown, directive: string) => isObject(item) && item[DIRECTIVE] === directive;
const union = (before: unknown[], patch: unknown[]) => [
  ...before,
  ...patch.filter(item => !before.some(each => isDeepStrictEqual(each, item))),
];

function mergeByKey(target: unknown[], patch: unknown[], key: string, items: JsonSchema): unknown[] {
  let list = [...target];
  for (const item of patch) {
    if (!isObject(item)) throw unfit(`expected an object in the list merged by ${key}`);
    if (item[key] === undefined)
      throw unfit(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    const same = (each: unknown) => isObject(each) && each[key] === item[key];
    if (isDirective(item, 'delete')) list = list.filter(each => !same(each));
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

/**
 * The items of `list` that `order` names come in that order; the others keep the places among them that they had in
 * `before`, and where it does not tell, follow.
 */
function inOrder(list: unknown[], before: unknown[], order: unknown[], schema: JsonSchema): unknown[] {
  const key = schema['x-kubernetes-patch-merge-key'];
  const identity = (item: unknown) => (key !== undefined && isObject(item) ? item[key] : item);
  const placesOf = (items: unknown[]) => new Map(items.map((item, index) => [identity(item), index]));
  const wanted = placesOf(order);
  const had = placesOf(before);
  const place = (item: unknown) => wanted.get(identity(item));
  const named = list.filter(item => place(item) !== undefined).sort((a, b) => place(a)! - place(b)!);
  const others = list.filter(item => place(item) === undefined);
  const stoodBefore = (a: unknown, b: unknown) => {
    const [left, right] = [had.get(identity(a)), had.get(identity(b))];
    return left !== undefined && right !== undefined && left < right;
  };
  const ordered: unknown[] = [];
  while (named.length > 0 && others.length > 0)
    ordered.push(stoodBefore(others[0], named[0]) ? others.shift() : named.shift());
  return [...ordered, ...named, ...others];
}

/** The real server answers a patch that does not fit with a bare 500. */
const unfit = (message: string) => new StatusError(500, '', message);

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
