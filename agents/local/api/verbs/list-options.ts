import { type FieldError, forbiddenField, unsupportedValue } from '../field-error.ts';
import { badRequest, invalid, StatusError, tooLargeVersion } from '../status-error.ts';
import type { Store } from '../store/store.ts';
import { flagParameter, integerParameter } from './options.ts';

/** How a list's or watch's resourceVersion is meant. */
export type VersionMatch = '' | 'Exact' | 'NotOlderThan';

/** The query parameters of a list or watch, beside the selectors. */
export interface ListOptions {
  /** 0: any version will do; undefined: the newest. */
  readonly version: number | undefined;
  readonly match: VersionMatch;
  readonly timeoutSeconds: number | undefined;
  /** A watch's: begin with what is there, or (false) with nothing; undefined: as the version says. */
  readonly initialEvents: boolean | undefined;
  readonly bookmarks: boolean;
}

/** Reads and checks the query of a list or watch. Throws 400, 422, or 500 on a version that is no number. */
export function listOptions(query: URLSearchParams, isWatch: boolean): ListOptions {
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const hasInitial = query.has('sendInitialEvents');
  const errors = isWatch ? watchProblems(match, hasInitial) : listProblems(version, match, hasInitial, query);
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', name: 'ListOptions' }, '', errors);
  const timeoutSeconds = integerParameter(query, 'timeoutSeconds');
  return {
    version: version === '' ? undefined : parseVersion(version, isWatch),
    match: match as VersionMatch,
    timeoutSeconds,
    initialEvents: hasInitial ? flagParameter(query, 'sendInitialEvents') : undefined,
    bookmarks: flagParameter(query, 'allowWatchBookmarks'),
  };
}

const MATCH = 'resourceVersionMatch';

function listProblems(version: string, match: string, hasInitial: boolean, query: URLSearchParams): FieldError[] {
  if (hasInitial) return [forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list')];
  if (match === '') return [];
  if (version === '') return [forbiddenField(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`)];
  if (query.get('continue')) return [forbiddenField(MATCH, `${MATCH} is forbidden when continue is provided`)];
  if (match !== 'Exact' && match !== 'NotOlderThan')
    return [unsupportedValue(MATCH, match, ['Exact', 'NotOlderThan', ''])];
  if (match === 'Exact' && version === '0')
    return [forbiddenField(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`)];
  return [];
}

function watchProblems(match: string, hasInitial: boolean): FieldError[] {
  if (!hasInitial)
    return match === ''
      ? []
      : [forbiddenField(MATCH, `${MATCH} is forbidden for watch unless sendInitialEvents is provided`)];
  if (match === 'NotOlderThan') return [];
  const wanted = forbiddenField(MATCH, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  return match === '' ? [wanted] : [wanted, unsupportedValue(MATCH, match, ['NotOlderThan'])];
}

/** A resourceVersion as a number. Throws in Go's words: a 400 for a list, a 500 for a watch or a single object. */
export function parseVersion(text: string, alone: boolean): number {
  if (/^\d+$/.test(text)) return Number(text);
  const shown = JSON.stringify(text);
  const problem = `resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`;
  throw alone ? new StatusError(500, '', problem) : badRequest(`invalid resource version: ${problem}`);
}

/** Throws the 504 of a read that asks for a version which the server has not reached. */
export function requireReached({ revision }: Store, version: number): void {
  if (version > revision) throw tooLargeVersion(version, revision);
}
