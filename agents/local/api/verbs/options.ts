import { type FieldError, forbiddenField, invalidValue, unsupportedValue } from '../field-error.ts';
import { mediaType, parseBody } from '../http/body.ts';
import type { JsonObject } from '../object.ts';
import { APPLY_PATCH } from '../patch/apply-patch.ts';
import { badRequest, invalid, StatusError } from '../status-error.ts';
import { builtinSchema } from '../types/builtin-schemas.ts';
import { DecodeError, decodeBuiltin } from '../types/decode-builtin.ts';

/** What is done about unknown and duplicate fields. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** The query parameters of a write. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
}

const LONGEST_MANAGER = 128;

/** Reads the query of a write. Throws a 422 on a value that is none; `kind` is CreateOptions, UpdateOptions, PatchOptions. */
export function writeOptions(query: URLSearchParams, kind: string, contentType?: string): WriteOptions {
  const errors: FieldError[] = [];
  // an apply may be forced; it is refused later, with a word on what to do instead
  if (kind === 'PatchOptions' && query.has('force') && mediaType(contentType) !== APPLY_PATCH)
    errors.push(forbiddenField('force', 'may not be specified for non-apply patch'));
  const manager = query.get('fieldManager') ?? '';
  if (Buffer.byteLength(manager) > LONGEST_MANAGER) {
    const detail = `may not be more than ${LONGEST_MANAGER} bytes`;
    errors.push({ type: 'FieldValueTooLong', field: 'fieldManager', detail });
  }
  if (!/^[^\p{C}]*$/u.test(manager))
    errors.push(invalidValue('fieldManager', manager, 'should only contain printable characters'));
  const dryRun = readDryRun(query.getAll('dryRun'), errors);
  const fieldValidation = query.get('fieldValidation') ?? '';
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(fieldValidation))
    errors.push(unsupportedValue('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']));
  throwOptions(kind, errors);
  return { dryRun, fieldValidation: (fieldValidation || 'Warn') as FieldValidation };
}

function throwOptions(kind: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', name: kind }, '', errors);
}

function readDryRun(values: readonly string[], errors: FieldError[]): boolean {
  const given = values.filter(value => value !== '');
  if (given.some(value => value !== 'All')) errors.push(unsupportedValue('dryRun', given, ['All']));
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

/** DeleteOptions as clients send them. */
interface DeleteBody extends JsonObject {
  kind?: string;
  apiVersion?: string;
  dryRun?: string[];
  gracePeriodSeconds?: number;
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  propagationPolicy?: string;
}

const DELETE_OPTIONS = builtinSchema('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');
const POLICIES = ['Foreground', 'Background', 'Orphan'];

/**
 * Reads DeleteOptions from the body, where there is one, else from the query. Throws a 400 where they can't be
 * read: to delete more than was asked for is the worst that a server may do.
 */
export function deleteOptions(text: string, contentType: string | undefined, query: URLSearchParams): DeleteOptions {
  const given = text === '' ? fromQuery(query) : readBody(text, contentType);
  const errors: FieldError[] = [];
  const { orphanDependents, propagationPolicy: policy, gracePeriodSeconds: grace, preconditions } = given;
  if (policy !== undefined && orphanDependents !== undefined) {
    const detail = 'orphanDependents and deletionPropagation cannot be both set';
    errors.push(invalidValue('propagationPolicy', policy, detail));
  } else if (policy !== undefined && !POLICIES.includes(policy))
    errors.push(unsupportedValue('propagationPolicy', policy, [...POLICIES, 'nil']));
  const dryRun = readDryRun(given.dryRun ?? [], errors);
  throwOptions('DeleteOptions', errors);
  return {
    dryRun,
    // a negative grace means one second, as in the real server
    gracePeriodSeconds: grace !== undefined && grace < 0 ? 1 : grace,
    propagationPolicy: (policy as DeleteOptions['propagationPolicy']) ?? (orphanDependents ? 'Orphan' : undefined),
    uid: preconditions?.uid,
    resourceVersion: preconditions?.resourceVersion,
  };
}

function fromQuery(query: URLSearchParams): DeleteBody {
  const policy = query.get('propagationPolicy');
  const grace = integerParameter(query, 'gracePeriodSeconds');
  return {
    dryRun: query.getAll('dryRun'),
    ...(policy !== null && { propagationPolicy: policy }),
    ...(grace !== undefined && { gracePeriodSeconds: grace }),
  };
}

function readBody(text: string, contentType: string | undefined): DeleteBody {
  const value = parseBody(text, contentType, badRequest).value ?? {};
  try {
    decodeBuiltin(value, DELETE_OPTIONS);
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
  const { kind = 'DeleteOptions', apiVersion = 'v1', ...options } = value as DeleteBody;
  if (kind !== 'DeleteOptions') throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return options;
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
