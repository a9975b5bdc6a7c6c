import type { ObjectMeta } from '../../../crds/v1alpha1/meta.ts';

/** Any object the server stores or answers; fields beside metadata are known only to the type's schema. */
export interface ApiObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** A JSON object whose fields are not known. */
export type JsonObject = Record<string, unknown>;

/** Whether `value` is a JSON object: no array, no null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in a list that may hold anything, or be none. */
export const objectsIn = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Sets those of `values` that `object` does not have. */
export function fill(object: JsonObject, values: JsonObject): void {
  for (const [name, value] of Object.entries(values)) object[name] ??= value;
}

/** The value at `path` (its names, outermost first) or undefined. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** Sets the value at `path`, making objects on the way; `undefined` removes it. */
export function setAt(object: JsonObject, path: readonly string[], value: unknown): void {
  let at = object;
  for (const name of path.slice(0, -1)) {
    if (!isObject(at[name])) at[name] = {};
    at = at[name] as JsonObject;
  }
  const last = path.at(-1)!;
  if (value === undefined) delete at[last];
  else at[last] = value;
}

/** The instant `ms` (Unix milliseconds) as Kubernetes writes it: RFC 3339, whole seconds. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
