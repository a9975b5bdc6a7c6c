import type { Registry } from '../types/registry.ts';
import { groupVersion, type ResourceType } from '../types/resource-type.ts';
import { encodeSwagger } from './gnostic.ts';
import type { Operation, Parameter, PathItem, Swagger } from './swagger.ts';

/** Where the OpenAPI v2 document is. */
export const OPENAPI_V2_PATH = '/openapi/v2';

/** Clients ask with `@`, which is no sign of a media type; it is answered with a dot. */
const PROTOBUF_FORM = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const ASKED = /application\/com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf/;

/** The OpenAPI v2 document in the form that a client takes: JSON, or the protobuf that kubectl asks for. */
export function openapiV2Answer(registry: Registry, accept = ''): { type: string; body: string | Buffer } {
  const document = openapiV2(registry);
  return ASKED.test(accept)
    ? { type: PROTOBUF_FORM, body: encodeSwagger(document) }
    : { type: 'application/json', body: JSON.stringify(document) };
}

/**
 * The paths of all types with what their verbs take. kubectl learns from here whether the server checks fields; the
 * schemas stand in OpenAPI v3 alone, where clients look first.
 */
export function openapiV2(registry: Registry): Swagger {
  const paths = Object.assign({}, ...registry.all().map(pathsOf)) as Swagger['paths'];
  return { swagger: '2.0', info: { title: 'Kubernetes', version: 'v1.37.2' }, paths };
}

function pathsOf(type: ResourceType): Record<string, PathItem> {
  const base = `/${type.group ? 'apis' : 'api'}/${groupVersion(type)}`;
  const collection = type.namespaced ? `${base}/namespaces/{namespace}/${type.plural}` : `${base}/${type.plural}`;
  const namespace = type.namespaced ? [pathParameter('namespace')] : [];
  const has = (verb: string) => type.verbs.includes(verb);
  return {
    [collection]: {
      parameters: namespace,
      ...(has('list') && { get: operation(type, 'list') }),
      ...(has('create') && { post: operation(type, 'post', [BODY, ...WRITE], OBJECTS) }),
      ...(has('deletecollection') && { delete: operation(type, 'deletecollection') }),
    },
    ...(has('get') && {
      [`${collection}/{name}`]: {
        parameters: [pathParameter('name'), ...namespace],
        get: operation(type, 'get'),
        put: operation(type, 'put', [BODY, ...WRITE], OBJECTS),
        patch: operation(type, 'patch', [BODY, ...WRITE], type.isCustom ? PATCHES : [...PATCHES, STRATEGIC]),
        delete: operation(type, 'delete'),
      },
    }),
  };
}

const OBJECTS = ['application/json', 'application/yaml'];
const PATCHES = ['application/json-patch+json', 'application/merge-patch+json'];
const STRATEGIC = 'application/strategic-merge-patch+json';

const BODY: Parameter = { in: 'body', name: 'body', required: true, schema: { type: 'object' } };
const WRITE: Parameter[] = ['dryRun', 'fieldManager', 'fieldValidation'].map(name => ({
  in: 'query',
  name,
  type: 'string',
  uniqueItems: true,
}));

function pathParameter(name: string): Parameter {
  return { in: 'path', name, required: true, type: 'string', uniqueItems: true };
}

function operation(
  type: ResourceType,
  action: string,
  parameters: readonly Parameter[] = [],
  consumes: readonly string[] = [],
): Operation {
  const { group, version, kind } = type;
  return {
    operationId: `${action}${groupVersion(type)}${type.plural}`,
    consumes,
    produces: OBJECTS,
    parameters,
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
}
