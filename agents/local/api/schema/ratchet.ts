import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../field-error.ts';
import { ROOT_FIELD } from '../field-error.ts';
import { isObject } from '../object.ts';

/**
 * Validation ratcheting: an update is not refused for what it leaves as it was, so that a schema may become stricter
 * while objects exist. Errors of fields that have the same value in `old` go.
 */
export function dropUnchanged(errors: readonly FieldError[], object: unknown, old: unknown): FieldError[] {
  return errors.filter(({ field, type }) => {
    if (field === ROOT_FIELD) return true;
    const path = type === 'FieldValueRequired' ? parentOf(field) : field;
    const now = at(object, path);
    return now === undefined || !isDeepStrictEqual(now, at(old, path));
  });
}

const parentOf = (field: string) => field.replace(/\.?[^.]*$/, '');

function at(value: unknown, field: string): unknown {
  const names = field.split(/[.[\]]+/).filter(name => name !== '');
  return names.reduce<unknown>((found, name) => {
    if (Array.isArray(found)) return found[Number(name)];
    return isObject(found) ? found[name] : undefined;
  }, value);
}
