import { request as connect, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { methodNotAllowed, StatusError } from '../status-error.ts';
import type { ApiContext } from '../verbs/context.ts';
import { mustGet } from '../verbs/update.ts';

/** A request for the `proxy` subresource of a Pod. */
export interface ProxyInfo {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /** Path on the Pod, as it was sent. */
  readonly path: string;
}

const PATH = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/:]+)(?::|%3A)(\d{1,5})\/proxy(\/.*)?$/i;

/** Parses the path of a request for a Pod's port; undefined for any other path. */
export function proxyInfo(path: string): ProxyInfo | undefined {
  const [, namespace, pod, port, rest] = PATH.exec(path) ?? [];
  if (!namespace || !pod) return undefined;
  return { namespace, pod, port: Number(port), path: rest ?? '/' };
}

/** Headers that are about one connection, or about this server. */
const NOT_PASSED = new Set(['authorization', 'connection', 'host', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** Hands a GET to a port of a Pod and its answer back, as it comes. Throws StatusError before the first byte. */
export async function servePodProxy(
  context: ApiContext,
  { namespace, pod, port, path }: ProxyInfo,
  { method, search }: { readonly method: string; readonly search: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (method !== 'GET') throw methodNotAllowed();
  const type = context.registry.get('', 'v1', 'pods')!;
  const { uid = '' } = mustGet(context, type, namespace, pod).object.metadata;
  const found = context.podPorts.find(uid, port);
  if (found === undefined) throw unreachable('the Pod does not run');
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, context.signal]);
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !NOT_PASSED.has(name)));
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    connect({ host: '127.0.0.1', port: found, path: `${path}${search}`, headers, signal, agent: false })
      .on('response', resolve)
      .on('error', (error: Error) => reject(unreachable(error.message)))
      .end();
  });
  const passed = Object.entries(answer.headers).filter(([name]) => !NOT_PASSED.has(name));
  response.writeHead(answer.statusCode ?? 502, Object.fromEntries(passed));
  // after the first byte nothing can be told but by the cut itself
  await pipeline(answer, response).catch(() => response.destroy());
}

function unreachable(why: string): StatusError {
  return new StatusError(503, 'ServiceUnavailable', `error trying to reach service: ${why}`);
}
