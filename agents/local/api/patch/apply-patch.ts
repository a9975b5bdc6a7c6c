import { mediaType, readJson } from '../http/body.ts';
import { duplicateFields } from '../http/duplicates.ts';
import { isTooDeep } from '../http/json-problem.ts';
import { type ApiObject, isObject, type JsonObject } from '../object.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { badRequest, StatusError, unsupportedMediaType } from '../status-error.ts';
import { applyOperations, type JsonOperation } from './json-operations.ts';
import { mergePatch } from './merge-patch.ts';
import { strategicMerge } from './strategic-merge.ts';

/** The kinds of patches, by media type. */
const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
/** The media type of a server-side apply. */
export const APPLY_PATCH = 'application/apply-patch+yaml';

/** How the type at hand may be patched; a schema (of a built-in type) allows strategic merges. */
export interface PatchTarget {
  readonly schema: JsonSchema | undefined;
}

/** A patch that is read and can be applied to any object. */
export interface Patch {
  /** The patched copy; the object itself stays. Throws a 422 where it does not fit. */
  apply(object: ApiObject): unknown;
  duplicates(): string[];
}

/** Reads a patch. Throws 415 on a kind that is not supported, 400 on a body that is no such patch. */
export function readPatch(text: string, contentType: string | undefined, { schema }: PatchTarget): Patch {
  const type = mediaType(contentType);
  const duplicates = () => duplicateFields(text);
  switch (type) {
    case JSON_PATCH: {
      const operations = readOperations(text);
      return { apply: object => applyOperations(object, operations), duplicates };
    }
    case MERGE_PATCH: {
      const patch = readObject(text, 'error decoding patch: ');
      return { apply: object => mergePatch(structuredClone(object), patch), duplicates };
    }
    case STRATEGIC_PATCH: {
      if (!schema) throw unsupported(false);
      const patch = readObject(text, '');
      return { apply: object => strategicMerge(structuredClone(object), patch, schema), duplicates };
    }
    case APPLY_PATCH:
      throw new StatusError(
        415,
        'UnsupportedMediaType',
        `server-side apply is not supported by the embedded API server: use client-side apply (kubectl apply without --server-side) - accepted media types include: ${accepted(schema !== undefined).join(', ')}`,
        {},
      );
    default:
      throw unsupported(schema !== undefined);
  }
}

const accepted = (strategic: boolean) => [
  JSON_PATCH,
  MERGE_PATCH,
  ...(strategic ? [STRATEGIC_PATCH] : []),
  APPLY_PATCH,
];
const unsupported = (strategic: boolean) => unsupportedMediaType(accepted(strategic));

function parse(text: string): unknown {
  try {
    if (!isTooDeep(text)) return readJson(text);
  } catch {
    // told below: where and why JSON is broken is not told by the real server either
  }
  throw badRequest('invalid JSON patch');
}

function readObject(text: string, prefix: string): JsonObject {
  const patch = parse(text);
  if (isObject(patch)) return patch;
  if (patch === null) throw badRequest('Invalid JSON Patch');
  const got = Array.isArray(patch) ? 'array' : typeof patch;
  throw badRequest(`${prefix}json: cannot unmarshal ${got} into Go value of type map[string]interface {}`);
}

/** The real server bounds JSON patches at 10,000 operations. */
const MOST_OPERATIONS = 10_000;

function readOperations(text: string): JsonOperation[] {
  const operations = parse(text);
  if (!Array.isArray(operations)) {
    const got = isObject(operations) ? 'object' : typeof operations;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${got} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (operations.length > MOST_OPERATIONS) {
    throw new StatusError(
      413,
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${operations.length}`,
    );
  }
  return operations as JsonOperation[];
}
