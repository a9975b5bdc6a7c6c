import jsonPatch, { type Operation } from 'fast-json-patch';
import { type ApiObject, isObject } from '../object.ts';
import { StatusError } from '../status-error.ts';

/** An operation as a client sent it: whatever stands in the list. */
export type JsonOperation = Record<string, unknown>;

/**
 * The object with the operations of a JSON patch (RFC 6902) applied, all or none. Throws a 422 where one fails; like
 * the real server it names neither the operation nor its place.
 */
export function applyOperations(object: ApiObject, operations: readonly JsonOperation[]): unknown {
  try {
    return operations.reduce<unknown>(applyOne, structuredClone(object));
  } catch {
    throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }
}

function applyOne(document: unknown, operation: JsonOperation): unknown {
  const known = asKubernetes(document, operation);
  return known ? jsonPatch.applyOperation(document, known as unknown as Operation, true, true).newDocument : document;
}

/**
 * Kubernetes' library is milder than the RFC: a missing value is null, replace adds what is not there, and what is
 * not there tests as null. undefined: nothing is left to do.
 */
function asKubernetes(document: unknown, operation: JsonOperation): JsonOperation | undefined {
  const { op, path } = operation;
  if (op !== 'add' && op !== 'replace' && op !== 'test') return operation;
  const value = operation['value'] ?? null;
  if (typeof path === 'string' && isMissing(document, path)) {
    if (op === 'replace') return { op: 'add', path, value };
    if (op === 'test' && value === null) return undefined;
  }
  return { op, path, value };
}

/** Whether the object that holds `path` is there, but has no such field. */
function isMissing(document: unknown, path: string): boolean {
  const slash = path.lastIndexOf('/');
  if (slash === -1) return false;
  const parent: unknown = jsonPatch.getValueByPointer(document, path.slice(0, slash));
  return isObject(parent) && !Object.hasOwn(parent, jsonPatch.unescapePathComponent(path.slice(slash + 1)));
}
