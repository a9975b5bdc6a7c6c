import { invalidValue } from '../field-error.ts';
import { type ApiObject, isObject } from '../object.ts';
import { readPatch } from '../patch/apply-patch.ts';
import { invalid, StatusError } from '../status-error.ts';
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
  if (!isObject(patched))
    throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  const object = patched as unknown as ApiObject;
  checkKind(type, object, at.name);
  // reading changes the object, so what was asked for is kept for the text of a refusal
  const shown = options.fieldValidation === 'Strict' ? JSON.stringify(object) : text;
  const refuse = (problem: string) => invalid({ group: '', name: '' }, '', [invalidValue('patch', shown, problem)]);
  const strict = readFields(type, object, options.fieldValidation, () => patch.duplicates(), refuse);
  checkIdentity(object, at);
  const written = writeObject(context, type, existing, object, at.half, options);
  return answerOf(type, written, 200, options.fieldValidation === 'Warn' ? strict : []);
}

function checkKind(type: ResourceType, { kind, apiVersion }: ApiObject, name: string): void {
  for (const [field, got, wanted] of [
    ['kind', kind, type.kind],
    ['apiVersion', apiVersion, groupVersion(type)],
  ] as const) {
    if (got === wanted) continue;
    const group = field === 'kind' ? type.group : '';
    const named = field === 'kind' ? String(kind ?? '') : type.kind;
    throw invalid({ group, name: named }, name, [invalidValue(field, got ?? '', `must be ${wanted}`)]);
  }
}
