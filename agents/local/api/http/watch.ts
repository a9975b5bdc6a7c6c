import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Status, StatusError } from '../status-error.ts';
import type { ChangeType } from '../store/database.ts';
import type { Change } from '../store/history.ts';
import type { Stored } from '../store/stored.ts';
import { groupVersion, type ResourceType } from '../types/resource-type.ts';
import type { ApiContext } from '../verbs/context.ts';
import { parseVersion } from '../verbs/list.ts';
import { flagParameter, integerParameter } from '../verbs/options.ts';
import { renderObject } from '../verbs/render.ts';
import { compileSelection, type Scope, type Selection } from '../verbs/selection.ts';
import type { Rendering } from './accept.ts';

/** A watcher that has this many bytes waiting is cut: it must list again rather than hold the server's memory. */
const MOST_WAITING = 8 * 1024 * 1024;
/** Bookmarks are sent about once a minute, so that a watcher knows a recent version and that the connection lives. */
const BOOKMARK_MS = 55_000;
/** A watch without timeoutSeconds ends after this long. */
const DEFAULT_TIMEOUT_S = 3_600;

/** What a watch was asked for. */
interface WatchRequest {
  readonly selected: Selection;
  readonly from: number | undefined;
  readonly bookmarks: boolean;
  readonly initialEvents: boolean;
  readonly timeoutMs: number;
}

/** Serves one watch until the client goes, its time is over or it is too slow. Throws (400) before the first byte only. */
export async function serveWatch(
  context: ApiContext,
  type: ResourceType,
  scope: Scope,
  query: URLSearchParams,
  rendering: Rendering,
  response: ServerResponse,
): Promise<void> {
  const request = readRequest(type, scope, query);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
  response.flushHeaders();
  const stop = new AbortController();
  response.on('close', () => stop.abort());
  response.on('error', () => stop.abort()); // the client is gone; nobody is left to tell
  const stopped = AbortSignal.any([stop.signal, context.signal]);
  const stream = new WatchStream(context, type, rendering, response, () => stop.abort());
  const end = subscribe(context, type, request, stream);
  try {
    if (end) await untilOver(context, request, stream, stopped);
  } finally {
    end?.();
    if (!response.destroyed) {
      response.end();
      // an orderly end lets the client see everything that was sent; a peer that reads nothing is cut at close
      if (!stopped.aborted) await once(response, 'close', { signal: stopped }).catch(() => undefined);
    }
  }
}

function readRequest(type: ResourceType, scope: Scope, query: URLSearchParams): WatchRequest {
  const version = query.get('resourceVersion') ?? '';
  const initialEvents = flagParameter(query, 'sendInitialEvents');
  return {
    selected: compileSelection(type, scope, query),
    from: version === '' || version === '0' || initialEvents ? undefined : parseVersion(version),
    bookmarks: flagParameter(query, 'allowWatchBookmarks'),
    initialEvents,
    timeoutMs: (integerParameter(query, 'timeoutSeconds') || DEFAULT_TIMEOUT_S) * 1000,
  };
}

/** Sends what is there or was missed, then follows; undefined when the wanted version is too old. */
function subscribe(
  { store }: ApiContext,
  type: ResourceType,
  { selected, from, initialEvents }: WatchRequest,
  stream: WatchStream,
): (() => void) | undefined {
  if (from === undefined) {
    for (const stored of store.list(type.storageKey)) if (selected(stored.object)) stream.send('ADDED', stored);
    if (initialEvents) stream.bookmark(true);
    stream.limit();
    return store.subscribe(type.storageKey, change => follow(change, selected, stream));
  }
  const missed = store.since(from);
  if (!missed) {
    stream.error(new StatusError(410, 'Expired', `too old resource version: ${from} (${store.oldest})`).body);
    return undefined;
  }
  for (const change of missed) if (change.stored.type === type.storageKey) follow(change, selected, stream);
  stream.limit();
  return store.subscribe(type.storageKey, change => {
    // a version from the future (another life of the server) waits until the counter gets there
    if (change.revision > from) follow(change, selected, stream);
  });
}

/** What a change is for one watcher: what leaves its selection is deleted for it, what enters is added. */
export function eventFor({ type, stored, before }: Change, selected: Selection): ChangeType | undefined {
  const is = type !== 'DELETED' && selected(stored.object);
  // where the object before is not known, a watcher may have seen it: telling it once too often does no harm
  const was = type !== 'ADDED' && (before ? selected(before.object) : true);
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : undefined;
}

function follow(change: Change, selected: Selection, stream: WatchStream): void {
  const event = eventFor(change, selected);
  if (event) stream.send(event, change.stored);
}

async function untilOver(context: ApiContext, request: WatchRequest, stream: WatchStream, signal: AbortSignal) {
  const { clock } = context;
  const end = clock.now() + request.timeoutMs;
  try {
    for (let left = request.timeoutMs; left > 0; left = end - clock.now()) {
      await clock.sleep(request.bookmarks ? Math.min(left, BOOKMARK_MS) : left, signal);
      if (request.bookmarks) stream.bookmark(false);
    }
  } catch (error) {
    if (!signal.aborted) throw error; // a sleep that was aborted is the ordinary end
  }
}

/** Writes events to one watcher, and cuts it when it does not read. */
class WatchStream {
  readonly #context: ApiContext;
  readonly #type: ResourceType;
  readonly #rendering: Rendering;
  readonly #response: ServerResponse;
  readonly #cut: () => void;
  #first = true;
  #limited = false;

  constructor(
    context: ApiContext,
    type: ResourceType,
    rendering: Rendering,
    response: ServerResponse,
    cut: () => void,
  ) {
    this.#context = context;
    this.#type = type;
    this.#rendering = rendering;
    this.#response = response;
    this.#cut = cut;
  }

  /** From now on what waits is bounded; what a watch begins with is sent whatever its size. */
  limit(): void {
    this.#limited = true;
  }

  send(event: ChangeType, stored: Stored): void {
    const object = renderObject(this.#type, stored, this.#rendering, this.#context.clock.now(), this.#first);
    this.#first = false;
    this.#write(`{"type":"${event}","object":${object}}\n`);
  }

  bookmark(endOfInitial: boolean): void {
    const annotations = endOfInitial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const metadata = { resourceVersion: String(this.#context.store.revision), ...annotations };
    const object = { kind: this.#type.kind, apiVersion: groupVersion(this.#type), metadata };
    this.#write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  error(status: Status): void {
    this.#write(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
  }

  #write(line: string): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    if (this.#limited && response.writableLength > MOST_WAITING) {
      this.#context.log.warn({ type: this.#type.plural, waiting: response.writableLength }, 'slow watcher is cut');
      this.#cut();
      response.destroy();
      return;
    }
    response.write(line);
  }
}
