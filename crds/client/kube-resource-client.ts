import type { Readable } from 'node:stream';
import type { KubeList, KubeObject } from '../v1alpha1/meta.ts';
import { ApiError, type ApiStatus, ConnectionError } from './api-error.ts';
import { readLines } from './read-lines.ts';
import type { PatchOptions, ResourceClient, WatchEvent, WatchOptions, WriteOptions } from './resource-client.ts';
import { apiVersionOf, pathOf, type ResourceInfo } from './resources.ts';
import type { Transport } from './transport.ts';

/** A ResourceClient over HTTP. */
export function makeResourceClient<T extends KubeObject>(transport: Transport, info: ResourceInfo): ResourceClient<T> {
  const typed = (object: T): T => ({ ...object, apiVersion: apiVersionOf(info), kind: info.kind });
  return {
    kind: info.kind,
    async get(name, namespace, options = {}) {
      return transport.json<T>({ method: 'GET', path: pathOf(info, namespace, name), signal: options.signal });
    },
    async list(namespace, { signal, ...query } = {}) {
      const list = await transport.json<KubeList<T>>({
        method: 'GET',
        path: pathOf(info, namespace),
        query: { ...query },
        signal,
      });
      // lists leave apiVersion and kind out of their items; readers of single objects rely on them
      return { ...list, items: list.items.map(typed) };
    },
    async create(object, options = {}) {
      const path = pathOf(info, object.metadata.namespace);
      return transport.json<T>({
        method: 'POST',
        path,
        query: writeQuery(options),
        body: typed(object),
        signal: options.signal,
      });
    },
    async replace(object, options = {}) {
      const path = pathOf(info, object.metadata.namespace, object.metadata.name);
      return transport.json<T>({
        method: 'PUT',
        path,
        query: writeQuery(options),
        body: typed(object),
        signal: options.signal,
      });
    },
    async patch(name, namespace, patch, options: PatchOptions = {}) {
      return transport.json<T>({
        method: 'PATCH',
        path: pathOf(info, namespace, name, options.subresource),
        query: writeQuery(options),
        body: patch,
        contentType: Array.isArray(patch) ? 'application/json-patch+json' : 'application/merge-patch+json',
        signal: options.signal,
      });
    },
    async delete(name, namespace, { signal, dryRun, ...options } = {}) {
      await transport.json({
        method: 'DELETE',
        path: pathOf(info, namespace, name),
        body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options, ...(dryRun && { dryRun: ['All'] }) },
        signal,
      });
    },
    watch: (namespace, options = {}) => watch<T>(transport, pathOf(info, namespace), options),
  };
}

function writeQuery({ dryRun, fieldValidation }: WriteOptions) {
  return { dryRun: dryRun ? 'All' : undefined, fieldValidation };
}

async function* watch<T>(transport: Transport, path: string, options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
  const { signal, ...query } = options;
  const body = await transport.stream({
    method: 'GET',
    path,
    query: { watch: true, allowWatchBookmarks: true, ...query },
    signal,
  });
  for await (const line of linesOf(body, transport.server, signal)) {
    const event = JSON.parse(line) as WatchEvent<T> | { type: 'ERROR'; object: ApiStatus };
    if (event.type === 'ERROR') throw new ApiError(event.object.code ?? 500, event.object);
    yield event;
  }
}

async function* linesOf(body: Readable, server: string, signal: AbortSignal | undefined): AsyncGenerator<string> {
  try {
    // a cut in the middle of a line is a broken connection, not an event
    yield* readLines(body, { dropPartial: true });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ApiError) throw error;
    throw new ConnectionError(server, error);
  } finally {
    body.destroy();
  }
}
