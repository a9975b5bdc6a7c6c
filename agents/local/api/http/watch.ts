import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { notAcceptable, StatusError } from '../status-error.ts';
import type { ChangeType } from '../store/database.ts';
import type { Change } from '../store/history.ts';
import type { Stored } from '../store/stored.ts';
import type { ResourceType } from '../types/resource-type.ts';
import type { ApiContext } from '../verbs/context.ts';
import { type ListOptions, listOptions } from '../verbs/list-options.ts';
import { compileSelection, type Scope, type Selection } from '../verbs/selection.ts';
import type { Rendering } from './accept.ts';
import { WatchStream } from './watch-stream.ts';

/** Bookmarks are sent about once a minute, so that a watcher knows a recent version and that the connection lives. */
const BOOKMARK_MS = 55_000;
/** A watch without timeoutSeconds ends after this long. */
const DEFAULT_TIMEOUT_S = 3_600;

/** Serves one watch until the client goes, its time is over or it is too slow. Throws before the first byte only. */
export async function serveWatch(
  context: ApiContext,
  type: ResourceType,
  scope: Scope,
  query: URLSearchParams,
  rendering: Rendering,
  response: ServerResponse,
): Promise<void> {
  if (rendering.format === 'yaml')
    throw notAcceptable('application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch');
  const selected = compileSelection(type, scope, query);
  const options = listOptions(query, true);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
  response.flushHeaders();
  const stop = new AbortController();
  response.on('close', () => stop.abort());
  response.on('error', () => stop.abort()); // the client is gone; nobody is left to tell
  const stopped = AbortSignal.any([stop.signal, context.signal]);
  const stream = new WatchStream(context, type, rendering, response, () => stop.abort());
  const end = subscribe(context, type, selected, options, stream);
  try {
    if (end) await untilOver(context, options, stream, stopped);
  } finally {
    end?.();
    if (!response.destroyed) {
      response.end();
      // an orderly end lets the client see everything that was sent; a peer that reads nothing is cut at close
      if (!stopped.aborted) await once(response, 'close', { signal: stopped }).catch(() => undefined);
    }
  }
}

/** Sends what is there or was missed, then follows; undefined when the wanted version is too old. */
function subscribe(
  { store }: ApiContext,
  type: ResourceType,
  selected: Selection,
  { version, initialEvents, bookmarks }: ListOptions,
  stream: WatchStream,
): (() => void) | undefined {
  const from = version || undefined;
  const follow = (change: Change) => {
    // a version from the future (another life of the server) waits until the counter gets there
    if (change.revision > (from ?? 0)) tell(change, selected, stream);
  };
  if (initialEvents ?? from === undefined) {
    for (const stored of store.list(type.storageKey)) if (selected(stored.object)) stream.send('ADDED', stored);
    if (initialEvents && bookmarks) stream.bookmark(true);
  } else if (from !== undefined) {
    const missed = store.since(from);
    if (!missed) {
      stream.error(new StatusError(410, 'Expired', `too old resource version: ${from} (${store.oldest})`).body);
      return undefined;
    }
    for (const change of missed) if (change.stored.type === type.storageKey) follow(change);
  }
  stream.limit();
  return store.subscribe(type.storageKey, follow);
}

/** What a change is for one watcher: what leaves its selection is deleted for it, what enters is added. */
export function eventFor({ type, stored, before }: Change, selected: Selection): ChangeType | undefined {
  const is = type !== 'DELETED' && selected(stored.object);
  // where the object before is not known, a watcher may have seen it: telling it once too often does no harm
  const was = type !== 'ADDED' && (before ? selected(before.object) : true);
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : undefined;
}

function tell(change: Change, selected: Selection, stream: WatchStream): void {
  const event = eventFor(change, selected);
  if (!event) return;
  const { type, stored, before } = change;
  // what has left the selection is told as it was in it, with the version of the change that took it away
  stream.send(event, event === 'DELETED' && type !== 'DELETED' && before ? asOf(before, change.revision) : stored);
}

function asOf(stored: Stored, revision: number): Stored {
  const { metadata } = stored.object;
  const object = { ...stored.object, metadata: { ...metadata, resourceVersion: String(revision) } };
  return { ...stored, revision, object, json: JSON.stringify(object) };
}

async function untilOver(
  { clock }: ApiContext,
  { timeoutSeconds, bookmarks }: ListOptions,
  stream: WatchStream,
  signal: AbortSignal,
): Promise<void> {
  const timeoutMs = (timeoutSeconds || DEFAULT_TIMEOUT_S) * 1000;
  const end = clock.monotonic() + timeoutMs;
  try {
    for (let left = timeoutMs; left > 0; left = end - clock.monotonic()) {
      await clock.sleep(bookmarks ? Math.min(left, BOOKMARK_MS) : left, signal);
      if (bookmarks) stream.bookmark(false);
    }
  } catch (error) {
    if (!signal.aborted) throw error; // a sleep that was aborted is the ordinary end
  }
}
