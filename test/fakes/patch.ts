import jsonPatch from 'fast-json-patch';
import type { Patch } from '../../crds/client/resource-client.ts';

/** `target` with the patch applied, as a new value; throws where a JSON patch's `test` or path fails. */
export function applyPatch<T>(target: T, patch: Patch): T {
  if (!Array.isArray(patch)) return mergePatch(structuredClone(target), patch) as T;
  return jsonPatch.applyPatch(structuredClone(target), structuredClone(patch) as never, true).newDocument;
}

/** RFC 7386: null removes, objects merge, anything else replaces. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return structuredClone(patch);
  const result: Record<string, unknown> = isRecord(target) ? target : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue; // JSON has no undefined: it would not reach the server
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
