import type { ServerResponse } from 'node:http';
import { badRequest, methodNotAllowed, noSuchPath, notFound, type StatusError } from '../status-error.ts';
import type { Stored } from '../store/stored.ts';
import { type ResourceType, resourceName } from '../types/resource-type.ts';
import type { Answer, ApiContext } from '../verbs/context.ts';
import { createObject } from '../verbs/create.ts';
import { deleteObject, removeObject } from '../verbs/delete.ts';
import { listPage } from '../verbs/list.ts';
import { parseVersion, requireReached } from '../verbs/list-options.ts';
import { type DeleteOptions, deleteOptions, flagParameter, writeOptions } from '../verbs/options.ts';
import { patchObject } from '../verbs/patch.ts';
import { servePodLog } from '../verbs/pod-log.ts';
import { renderList, renderObject, renderValue } from '../verbs/render.ts';
import { answerReview, isReview } from '../verbs/reviews.ts';
import { getScale, writeScale } from '../verbs/scale.ts';
import { type Half, mustGet, replaceObject } from '../verbs/update.ts';
import { negotiate, type Rendering } from './accept.ts';
import type { RequestInfo } from './request-info.ts';
import { serveWatch } from './watch.ts';

/** A request for a resource, parsed as far as all verbs need it. */
export interface ResourceRequest {
  readonly method: string;
  readonly info: RequestInfo;
  readonly query: URLSearchParams;
  readonly accept: string | undefined;
  readonly contentType: string | undefined;
  readonly text: string;
  readonly response: ServerResponse;
}

/** The answer to a request for a resource; undefined when it was streamed to the response. Throws StatusError. */
export async function routeResource(
  context: ApiContext,
  type: ResourceType,
  request: ResourceRequest,
): Promise<Answer | undefined> {
  const { info, method, query } = request;
  const rendering = negotiate(info.subresource === 'log' ? undefined : request.accept, query);
  if (isReview(type)) {
    if (method !== 'POST' || info.name !== '') throw methodNotAllowed();
    return answerReview(context, type, request.text, request.contentType);
  }
  if (info.name === '') return collection(context, type, request, rendering);
  if (info.subresource === '') return single(context, type, request, rendering);
  return subresource(context, type, request, rendering);
}

async function collection(context: ApiContext, type: ResourceType, request: ResourceRequest, rendering: Rendering) {
  const { info, method, query, text, contentType, response } = request;
  const scope = { namespace: info.namespace === '' ? undefined : info.namespace };
  switch (method) {
    case 'GET': {
      if (flagParameter(query, 'watch'))
        return serveWatch(context, type, scope, query, rendering, response).then(noAnswer);
      const page = listPage(context, type, scope, query);
      return { code: 200, body: undefined, json: renderList(type, page, rendering, context.clock.now()) };
    }
    case 'POST': {
      if (type.namespaced && info.namespace === '') throw methodNotAllowed();
      const options = writeOptions(query, 'CreateOptions');
      return rendered(
        context,
        type,
        createObject(context, type, info.namespace, text, contentType, options),
        rendering,
      );
    }
    case 'DELETE': {
      if (!type.verbs.includes('deletecollection') || (type.namespaced && info.namespace === ''))
        throw methodNotAllowed();
      const options = deleteOptions(text, contentType, query);
      const page = listPage(context, type, scope, query);
      await removeAll(context, type, page.items, options);
      return { code: 200, body: undefined, json: renderList(type, page, rendering, context.clock.now()) };
    }
    default:
      if (type.isCustom && (method === 'PUT' || method === 'PATCH')) throw badRequest('name must be provided');
      throw methodNotAllowed();
  }
}

async function single(context: ApiContext, type: ResourceType, request: ResourceRequest, rendering: Rendering) {
  const { info, method, query, text, contentType } = request;
  const at = { namespace: info.namespace, name: info.name, half: 'main' as Half };
  switch (method) {
    case 'GET': {
      const version = query.get('resourceVersion');
      if (version) requireReached(context.store, parseVersion(version, true));
      const found = mustGet(context, type, info.namespace, info.name);
      return { code: 200, body: found.object, json: renderObject(type, found, rendering, context.clock.now()) };
    }
    case 'PUT':
      return rendered(
        context,
        type,
        replaceObject(context, type, at, text, contentType, writeOptions(query, 'UpdateOptions')),
        rendering,
      );
    case 'PATCH':
      return rendered(
        context,
        type,
        patchObject(context, type, at, text, contentType, writeOptions(query, 'PatchOptions', contentType)),
        rendering,
      );
    case 'DELETE':
      return deleteObject(context, type, at, deleteOptions(text, contentType, query));
    default:
      throw methodNotAllowed();
  }
}

async function subresource(context: ApiContext, type: ResourceType, request: ResourceRequest, rendering: Rendering) {
  const { info, method, query, text, contentType, response } = request;
  const at = { namespace: info.namespace, name: info.name };
  const half: Half = 'status';
  const known =
    (info.subresource === 'status' && type.hasStatus) ||
    (info.subresource === 'scale' && type.scale !== undefined) ||
    (info.subresource === 'log' && type.hasLog);
  if (!known) throw noSuchSubresource(type, info.name);
  if (info.subresource === 'log') {
    if (method !== 'GET') throw methodNotAllowed();
    return servePodLog(context, type, at, query, response).then(noAnswer);
  }
  if (method === 'GET') {
    if (info.subresource === 'scale') return getScale(context, type, at);
    const found = mustGet(context, type, at.namespace, at.name);
    return { code: 200, body: found.object, json: renderObject(type, found, rendering, context.clock.now()) };
  }
  if (method !== 'PUT' && method !== 'PATCH') throw methodNotAllowed();
  const isPatch = method === 'PATCH';
  const options = writeOptions(query, isPatch ? 'PatchOptions' : 'UpdateOptions', contentType);
  if (info.subresource === 'scale') return writeScale(context, type, { ...at, isPatch }, text, contentType, options);
  const write = isPatch ? patchObject : replaceObject;
  return rendered(context, type, write(context, type, { ...at, half }, text, contentType, options), rendering);
}

const noAnswer = () => undefined;

function rendered(context: ApiContext, type: ResourceType, answer: Answer, rendering: Rendering): Answer {
  if (rendering.as === undefined) return answer;
  const body = renderValue(type, answer.body as Parameters<typeof renderValue>[1], rendering, context.clock.now());
  return { ...answer, body, json: undefined };
}

/** Custom types say that the object is not there, built-in ones that the path is not. */
function noSuchSubresource(type: ResourceType, name: string): StatusError {
  if (type.isCustom) return notFound(resourceName(type), name);
  return noSuchPath();
}

/** So many objects of a collection are deleted before the next request is read. */
const SLICE = 100;

async function removeAll(
  context: ApiContext,
  type: ResourceType,
  items: readonly Stored[],
  options: DeleteOptions,
): Promise<void> {
  for (const [index, { namespace, name, object }] of items.entries()) {
    if (index % SLICE === SLICE - 1) await new Promise(resolve => setImmediate(resolve));
    const now = context.store.get(type.storageKey, namespace, name);
    if (now?.object.metadata.uid === object.metadata.uid) removeObject(context, type, now!, options);
  }
}
