import { createHash, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { stringify } from 'yaml';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiVersions, resourceList, VERSION } from '../discovery.ts';
import { openapiDocument, openapiIndex } from '../openapi.ts';
import { OPENAPI_V2_PATH, openapiV2Answer } from '../protobuf/openapi-v2.ts';
import { PROTOBUF } from '../protobuf/read-object.ts';
import { noSuchPath, StatusError, tooLarge, unauthorized } from '../status-error.ts';
import type { Answer, ApiContext } from '../verbs/context.ts';
import { negotiate } from './accept.ts';
import { proxyInfo, servePodProxy } from './pod-proxy.ts';
import { requestInfo } from './request-info.ts';
import { routeResource } from './resource-route.ts';

/** The largest body that is read: kube-apiserver's own bound. */
const BODY_LIMIT = 3 * 1024 * 1024;
const TEXT = 'text/plain; charset=utf-8';
const NO_PAGE = '404 page not found\n';

/** What the HTTP side needs beside the context of the verbs. */
export interface HttpOptions {
  readonly token: string;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
}

/** An HTTP server with the routes of a kube-apiserver; it does not listen yet. */
export function makeHttpServer(context: ApiContext, { token, tls }: HttpOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    keepAliveTimeout: 120_000,
    exposeHeadRoutes: false,
    ...(tls && { https: { key: tls.key, cert: tls.cert } }),
  }) as unknown as FastifyInstance;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addContentTypeParser(PROTOBUF, { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body.toString('latin1')),
  );
  const expected = digest(token);
  app.addHook('onRequest', async request => {
    if (!isHealth(request.url) && !timingSafeEqual(digest(tokenOf(request.headers.authorization)), expected))
      throw unauthorized();
  });
  app.setErrorHandler((error, _request, reply) => sendError(context, error, reply));
  app.setNotFoundHandler((_request, reply) => sendText(reply, 404, NO_PAGE));
  app.all('/*', (request, reply) => handle(context, app, request, reply));
  return app;
}

const digest = (text: string) => createHash('sha256').update(text).digest();
const isHealth = (url: string) => /^\/(healthz|readyz|livez)([/?]|$)/.test(url);

/** `Bearer token`, or the password of `Basic`: kubectl sends no bearer token over plain HTTP. */
function tokenOf(header: string | undefined): string {
  const [scheme = '', value = ''] = (header ?? '').split(' ', 2);
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return '';
  const text = Buffer.from(value, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}

async function handle(context: ApiContext, app: FastifyInstance, request: FastifyRequest, reply: FastifyReply) {
  const mark = request.url.indexOf('?');
  const path = mark === -1 ? request.url : request.url.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : request.url.slice(mark));
  const proxied = proxyInfo(path);
  if (proxied) {
    await servePodProxy(
      context,
      proxied,
      { method: request.method, search: request.url.slice(path.length) },
      request.raw,
      reply.raw,
    );
    return reply.hijack();
  }
  const info = requestInfo(path);
  const type = info && context.registry.get(info.group, info.version, info.plural);
  if (!info || !type || (!type.namespaced && info.namespace !== '')) {
    return handlePlain(context, app, path, query, request, reply);
  }
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (type.namespaced && info.namespace === '' && (info.name !== '' || (type.isCustom && !reads)))
    return sendText(reply, 404, NO_PAGE);
  // HEAD is GET whose body Node does not send; a watch has nothing else
  if (request.method === 'HEAD') query.delete('watch');
  const { accept, 'content-type': contentType } = request.headers;
  const answer = await routeResource(context, type, {
    method: reads ? 'GET' : request.method,
    info,
    query,
    accept,
    contentType,
    text: typeof request.body === 'string' ? request.body : '',
    response: reply.raw,
  });
  if (!answer) return reply.hijack();
  return send(reply, answer, accept, query);
}

/** Everything that is no resource: discovery, openapi, version, health. */
function handlePlain(
  context: ApiContext,
  app: FastifyInstance,
  path: string,
  query: URLSearchParams,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  if (isHealth(path)) return sendText(reply, 200, 'ok');
  if (path === OPENAPI_V2_PATH && request.method === 'GET') {
    const { type, body } = openapiV2Answer(context.registry, request.headers.accept);
    return reply.type(type).send(body);
  }
  const body = request.method === 'GET' ? document(context, app, path.replace(/\/$/, ''), request, query) : undefined;
  if (body === undefined) {
    const group = /^\/(?:api|apis\/([^/]+))\/[^/]+\/?$/.exec(path);
    if (group && context.registry.isBuiltinGroup(group[1] ?? '')) throw noSuchPath();
    return sendText(reply, 404, NO_PAGE);
  }
  return reply.type(typeOf(body)).send(JSON.stringify(body));
}

/** Aggregated discovery names itself in the Content-Type, or clients take it for the plain one. */
function typeOf(body: { kind?: unknown }): string {
  return body.kind === 'APIGroupDiscoveryList'
    ? 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    : 'application/json';
}

function document(
  { registry }: ApiContext,
  app: FastifyInstance,
  path: string,
  request: FastifyRequest,
  query: URLSearchParams,
) {
  const parts = path.split('/').slice(1);
  const { aggregated } = negotiate(path.startsWith('/openapi') ? undefined : request.headers.accept, query);
  if (path === '/version') return VERSION;
  if (path === '/api') {
    const { address, port } = app.server.address() as AddressInfo;
    return aggregated ? aggregatedDiscovery(registry, true) : apiVersions(`${address}:${port}`);
  }
  if (path === '/apis') return aggregated ? aggregatedDiscovery(registry, false) : apiGroupList(registry);
  if (path === '/openapi/v3') return openapiIndex(registry);
  if (parts[0] === 'openapi' && parts[1] === 'v3') {
    return parts[2] === 'api'
      ? openapiDocument(registry, '', parts[3] ?? '')
      : openapiDocument(registry, parts[3] ?? '', parts[4] ?? '');
  }
  if (parts[0] === 'api' && parts.length === 2) return resourceList(registry, '', parts[1]!);
  if (parts[0] === 'apis' && parts.length === 2) return apiGroup(registry, parts[1]!);
  if (parts[0] === 'apis' && parts.length === 3) return resourceList(registry, parts[1]!, parts[2]!);
  return undefined;
}

function send(reply: FastifyReply, answer: Answer, accept: string | undefined, query: URLSearchParams) {
  for (const text of answer.warnings ?? []) reply.raw.appendHeader('Warning', `299 - ${JSON.stringify(text)}`);
  reply.code(answer.code);
  if (accept?.includes('yaml') && negotiate(accept, query).format === 'yaml') {
    return reply.type('application/yaml').send(stringify(answer.body ?? JSON.parse(answer.json ?? 'null')));
  }
  return reply.type('application/json').send(answer.json ?? JSON.stringify(answer.body));
}

function sendError(context: ApiContext, error: unknown, reply: FastifyReply) {
  const refusal = asStatus(error);
  if (!refusal) context.log.error({ err: error }, 'request failed');
  const { body } =
    refusal ?? new StatusError(500, 'InternalError', `Internal error occurred: ${(error as Error).message}`);
  if (reply.raw.headersSent) return reply.raw.destroy();
  const retry = body.details?.retryAfterSeconds;
  if (retry !== undefined) reply.header('Retry-After', String(retry));
  return reply
    .code(body.code ?? 500)
    .type('application/json')
    .send(JSON.stringify(body));
}

function asStatus(error: unknown): StatusError | undefined {
  if (error instanceof StatusError) return error;
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(BODY_LIMIT);
  return statusCode !== undefined && statusCode < 500
    ? new StatusError(statusCode, 'BadRequest', (error as Error).message)
    : undefined;
}

function sendText(reply: FastifyReply, code: number, text: string) {
  return reply.code(code).type(TEXT).header('X-Content-Type-Options', 'nosniff').send(text);
}
