import { unsupportedValue } from '../field-error.ts';
import { isObject, type JsonObject } from '../object.ts';
import { invalid, StatusError } from '../status-error.ts';

/** What is done about unknown and duplicate fields. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** The query parameters of a write. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
}

/** Reads `dryRun` and `fieldValidation`. Throws a 422 on another value; `kind` is CreateOptions, UpdateOptions, PatchOptions. */
export function writeOptions(query: URLSearchParams, kind: string): WriteOptions {
  const fieldValidation = query.get('fieldValidation') ?? '';
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(fieldValidation)) {
    const error = unsupportedValue('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']);
    throw invalid({ group: 'meta.k8s.io', name: kind }, '', [error]);
  }
  return {
    dryRun: readDryRun(query.getAll('dryRun'), kind),
    fieldValidation: (fieldValidation || 'Warn') as FieldValidation,
  };
}

function readDryRun(values: readonly unknown[], kind: string): boolean {
  const given = values.filter(value => value !== '');
  for (const value of given) {
    if (value !== 'All')
      throw invalid({ group: 'meta.k8s.io', name: kind }, '', [unsupportedValue('dryRun', value, ['All'])]);
  }
  return given.length > 0;
}

/** The body (or query) of a deletion. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds: number | undefined;
  readonly propagationPolicy: 'Foreground' | 'Background' | 'Orphan' | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

/** Reads DeleteOptions from the body, where there is one, else from the query. Throws a 422 on unknown values. */
export function deleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  const given: JsonObject = isObject(body) ? body : {};
  const { preconditions } = given;
  const wanted: JsonObject = isObject(preconditions) ? preconditions : {};
  const policy = given['propagationPolicy'] ?? query.get('propagationPolicy') ?? undefined;
  if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(String(policy))) {
    const error = unsupportedValue('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']);
    throw invalid({ group: 'meta.k8s.io', name: 'DeleteOptions' }, '', [error]);
  }
  const grace = given['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds') ?? undefined;
  const dryRun = Array.isArray(given['dryRun']) ? given['dryRun'] : query.getAll('dryRun');
  const orphan = given['orphanDependents'] === true ? 'Orphan' : undefined;
  return {
    dryRun: readDryRun(dryRun, 'DeleteOptions'),
    gracePeriodSeconds: grace === undefined || grace === null ? undefined : Math.max(0, Number(grace)),
    propagationPolicy: (policy as DeleteOptions['propagationPolicy']) ?? orphan,
    uid: wanted['uid'] as string | undefined,
    resourceVersion: wanted['resourceVersion'] as string | undefined,
  };
}

/** A whole number in a query, or undefined. Throws a 400 in Go's words. */
export function integerParameter(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^-?\d+$/.test(text))
    throw new StatusError(400, 'BadRequest', `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** Whether a query says yes, as Go's conversion reads it: `watch`, `watch=1`, `watch=true`. */
export function flagParameter(query: URLSearchParams, name: string): boolean {
  const text = query.get(name)?.toLowerCase();
  return text !== undefined && text !== 'false' && text !== '0';
}
