import { invalidValue } from '../field-error.ts';
import { type ApiObject, isObject } from '../object.ts';
import { readPatch } from '../patch/apply-patch.ts';
import { badRequest, invalid } from '../status-error.ts';
import { groupVersion, type ResourceType } from '../types/resource-type.ts';
import type { Answer, ApiContext } from './context.ts';
import { readFields } from './decode.ts';
import type { WriteOptions } from './options.ts';
import { answerOf, servedObject } from './serve.ts';
import { checkIdentity, type Half, mustGet, writeObject } from './update.ts';

/** Patches an object, or its status. */
export function patchObject(
  context: ApiContext,
  type: ResourceType,
  at: { namespace: string; name: string; half: Half },
  text: string,
  contentType: string | undefined,
  options: WriteOptions,
): Answer {
  const patch = readPatch(text, contentType, { schema: type.isCustom ? undefined : type.schema });
  const existing = mustGet(context, type, at.namespace, at.name);
  const patched = patch.apply(servedObject(type, existing.object));
  if (!isObject(patched)) throw badRequest('the patched object is no object');
  checkKind(type, patched, at.name);
  const object = patched as unknown as ApiObject;
  // readFields changes the object, so what was asked for is kept for the text of a refusal
  const shown = options.fieldValidation === 'Strict' ? JSON.stringify(object) : '';
  const strict = readFields(type, object, options.fieldValidation, () => patch.duplicates());
  if (options.fieldValidation === 'Strict' && strict.length > 0) {
    const error = invalidValue('patch', shown, `strict decoding error: ${strict.join(', ')}`);
    throw invalid({ group: '', name: '' }, '', [error]);
  }
  checkIdentity(object, at);
  const next = type.toStored ? type.toStored(object) : object;
  const written = writeObject(context, type, existing, next, at.half, options);
  return answerOf(type, written, 200, options.fieldValidation === 'Warn' ? strict : []);
}

function checkKind(
  type: ResourceType,
  { kind, apiVersion }: { kind?: unknown; apiVersion?: unknown },
  name: string,
): void {
  if (kind !== type.kind) {
    const error = invalidValue('kind', kind ?? '', `must be ${type.kind}`);
    throw invalid({ group: type.group, name: String(kind ?? '') }, name, [error]);
  }
  const wanted = groupVersion(type);
  if (apiVersion !== wanted)
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`);
}
