import { badRequest, expired } from '../status-error.ts';
import type { Store } from '../store/store.ts';
import { keyOf, type Stored } from '../store/stored.ts';
import { groupVersion, type ResourceType } from '../types/resource-type.ts';
import type { ApiContext } from './context.ts';
import { type ListOptions, listOptions, requireReached } from './list-options.ts';
import { integerParameter } from './options.ts';
import { compileSelection, type Scope } from './selection.ts';

/** One page of a list. */
export interface Page {
  readonly items: Stored[];
  readonly metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

/** What a continue token holds: the version that the pages show, and the last key that was given. */
interface Token {
  readonly v: 'meta.k8s.io/v1';
  readonly rv: number;
  readonly start: string;
}

/** The selected objects of a scope, a page of them where the query has a limit. Throws 400, 410, 422 or 504. */
export function listPage({ store }: ApiContext, type: ResourceType, scope: Scope, query: URLSearchParams): Page {
  const selected = compileSelection(type, scope, query);
  const options = listOptions(query, false);
  const token = readToken(query.get('continue'));
  if (options.version) requireReached(store, options.version);
  const limit = limitOf(query, options);
  const revision = token?.rv ?? (options.match === 'Exact' ? options.version! : store.revision);
  let matching = objectsAt(store, type, scope, revision, token).filter(({ object }) => selected(object));
  if (token) matching = matching.filter(stored => keyOf(stored) > token.start);
  const resourceVersion = String(revision);
  const items = limit > 0 ? matching.slice(0, limit) : matching;
  const left = matching.length - items.length;
  if (left === 0) return { items, metadata: { resourceVersion } };
  const next: Token = { v: 'meta.k8s.io/v1', rv: revision, start: keyOf(items.at(-1)!) };
  // with selectors the rest is not counted, as in the real server
  const counted = !query.get('labelSelector') && !query.get('fieldSelector');
  return {
    items,
    metadata: {
      resourceVersion,
      continue: Buffer.from(JSON.stringify(next)).toString('base64url'),
      ...(counted && { remainingItemCount: left }),
    },
  };
}

/** A list of "any version" comes whole, whatever its limit. */
function limitOf(query: URLSearchParams, { version }: ListOptions): number {
  const limit = integerParameter(query, 'limit') ?? 0;
  return version === 0 && !query.get('continue') ? 0 : limit;
}

function objectsAt(store: Store, type: ResourceType, scope: Scope, revision: number, token: Token | undefined) {
  const found = store.listAt(revision, type.storageKey, scope.namespace);
  if (found) return found;
  throw expired(
    token
      ? 'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.'
      : `The resourceVersion for the provided list is too old.`,
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
  // custom types always tell where to go on, built-in ones where there is more
  const where = type.isCustom ? { continue: '', ...metadata } : metadata;
  const head = { kind: type.listKind, apiVersion: groupVersion(type), metadata: where };
  return `${JSON.stringify(head).slice(0, -1)},"items":[${items.map(json).join(',')}]}`;
}
