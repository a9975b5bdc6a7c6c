import { badRequest, expired, tooLargeVersion } from '../status-error.ts';
import { keyOf, type Stored } from '../store/stored.ts';
import { groupVersion, type ResourceType } from '../types/resource-type.ts';
import type { ApiContext } from './context.ts';
import { integerParameter } from './options.ts';
import { compileSelection, type Scope } from './selection.ts';

/** One page of a list. */
export interface Page {
  readonly items: Stored[];
  readonly metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

interface Token {
  readonly v: 'meta.k8s.io/v1';
  readonly rv: number;
  readonly start: string;
}

/** The selected objects of a scope, a page of them where the query has a limit. Throws 400, 410 or 504. */
export function listPage(context: ApiContext, type: ResourceType, scope: Scope, query: URLSearchParams): Page {
  const { store } = context;
  const selected = compileSelection(type, scope, query);
  const limit = integerParameter(query, 'limit') ?? 0;
  const token = readToken(query.get('continue'));
  checkVersion(context, query, token);
  const revision = token?.rv ?? store.revision;
  let matching = store.list(type.storageKey, scope.namespace).filter(({ object }) => selected(object));
  if (token) matching = matching.filter(stored => keyOf(stored) > token.start);
  const resourceVersion = String(revision);
  if (limit <= 0 || matching.length <= limit) return { items: matching, metadata: { resourceVersion } };
  const items = matching.slice(0, limit);
  const next: Token = { v: 'meta.k8s.io/v1', rv: revision, start: keyOf(items.at(-1)!) };
  return {
    items,
    metadata: {
      resourceVersion,
      continue: Buffer.from(JSON.stringify(next)).toString('base64url'),
      // with selectors the rest is not counted, as in the real server
      ...(!query.get('labelSelector') &&
        !query.get('fieldSelector') && { remainingItemCount: matching.length - limit }),
    },
  };
}

function checkVersion({ store }: ApiContext, query: URLSearchParams, token: Token | undefined): void {
  const version = query.get('resourceVersion') ?? '';
  if (token) {
    if (token.rv < store.oldest) {
      throw expired(
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
      );
    }
    return;
  }
  if (version === '' || version === '0') return;
  const asked = parseVersion(version, 'invalid resource version: ');
  if (asked > store.revision) throw tooLargeVersion(asked, store.revision);
  // state is kept as it is now, so an exact older one can't be listed
  if (query.get('resourceVersionMatch') === 'Exact' && asked !== store.revision)
    throw expired(`The resourceVersion for the provided list is too old.`);
}

/** A resourceVersion as a number. Throws a 400 in Go's words, after `prefix`. */
export function parseVersion(text: string, prefix = ''): number {
  if (/^\d+$/.test(text)) return Number(text);
  const shown = JSON.stringify(text);
  throw badRequest(
    `${prefix}resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`,
  );
}

function readToken(text: string | null): Token | undefined {
  if (!text) return undefined;
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as Token;
    if (Number.isInteger(token.rv) && typeof token.start === 'string') return token;
  } catch {
    // told below: whatever is wrong with it, it is no token of ours
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

/** JSON of a list, put together from the JSON of its items. */
export function listJson(type: ResourceType, { items, metadata }: Page, json: (stored: Stored) => string): string {
  const head = { kind: type.listKind, apiVersion: groupVersion(type), metadata };
  return `${JSON.stringify(head).slice(0, -1)},"items":[${items.map(json).join(',')}]}`;
}
