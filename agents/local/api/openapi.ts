import { createHash } from 'node:crypto';
import type { JsonObject } from './object.ts';
import type { JsonSchema } from './schema/json-schema.ts';
import { refName } from './schema/json-schema.ts';
import { BUILTIN_SCHEMAS, OBJECT_META } from './types/builtin-schemas.ts';
import type { Registry } from './types/registry.ts';
import { groupVersion, type ResourceType } from './types/resource-type.ts';

const pathOf = (group: string, version: string) => (group === '' ? `api/${version}` : `apis/${group}/${version}`);

/** Index of /openapi/v3: one document per group and version, with a hash of its types so that clients cache it. */
export function openapiIndex(registry: Registry): JsonObject {
  const versions = new Map<string, ResourceType[]>();
  for (const type of registry.all()) {
    const path = pathOf(type.group, type.version);
    versions.set(path, [...(versions.get(path) ?? []), type]);
  }
  const paths: JsonObject = {};
  for (const [path, types] of versions) {
    const hash = createHash('sha256')
      .update(JSON.stringify(types.map(type => [type.kind, type.schema])))
      .digest('hex');
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash.toUpperCase()}` };
  }
  return { paths };
}

/** The OpenAPI v3 document of one group and version: what kubectl's apply, explain and validation read. */
export function openapiDocument(registry: Registry, group: string, version: string): JsonObject | undefined {
  const types = registry.all().filter(type => type.group === group && type.version === version);
  if (types.length === 0) return undefined;
  const schemas: Record<string, unknown> = {};
  const paths: JsonObject = {};
  for (const type of types) {
    addSchema(type, schemas);
    Object.assign(paths, pathsOf(type));
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.37.2' },
    paths,
    components: { schemas },
  };
}

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** Reversed group, version and kind: `io.kruntimes.v1alpha1.Run`. */
function schemaName(type: ResourceType): string {
  if (type.schema.$ref) return refName(type.schema.$ref);
  return [...type.group.split('.').reverse(), type.version, type.kind].join('.');
}

function addSchema(type: ResourceType, schemas: Record<string, unknown>): void {
  const { group, version, kind } = type;
  const name = schemaName(type);
  if (type.schema.$ref) {
    addReferenced(type.schema, schemas);
    return;
  }
  const properties = {
    ...type.schema.properties,
    apiVersion: {
      type: 'string',
      description: 'APIVersion defines the versioned schema of this representation of an object.',
    },
    kind: {
      type: 'string',
      description: 'Kind is a string value representing the REST resource this object represents.',
    },
    metadata: { description: "Standard object's metadata.", allOf: [OBJECT_META], default: {} },
  };
  schemas[name] = { ...type.schema, properties, 'x-kubernetes-group-version-kind': [{ group, version, kind }] };
  addReferenced(OBJECT_META, schemas);
}

function addReferenced(schema: unknown, schemas: Record<string, unknown>): void {
  if (typeof schema !== 'object' || schema === null) return;
  const { $ref } = schema as JsonSchema;
  if (typeof $ref === 'string') {
    const name = refName($ref);
    if (schemas[name]) return;
    schemas[name] = BUILTIN_SCHEMAS[name];
    addReferenced(BUILTIN_SCHEMAS[name], schemas);
  } else for (const value of Object.values(schema)) addReferenced(value, schemas);
}

/** kubectl learns from the paths which parameters a verb takes (fieldValidation, dryRun) and which kind it answers. */
function pathsOf(type: ResourceType): JsonObject {
  const base = `/${pathOf(type.group, type.version)}`;
  const collection = type.namespaced ? `${base}/namespaces/{namespace}/${type.plural}` : `${base}/${type.plural}`;
  const { group, version, kind } = type;
  const content = { 'application/json': { schema: reference(schemaName(type)) } };
  const parameter = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
  const operation = (action: string, writes: boolean) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    operationId: `${action}${groupVersion(type)}${type.plural}`,
    ...(writes && { parameters: ['dryRun', 'fieldManager', 'fieldValidation'].map(parameter) }),
    responses: { 200: { description: 'OK', content } },
  });
  return {
    [collection]: { get: operation('list', false), post: operation('post', true) },
    [`${collection}/{name}`]: {
      get: operation('get', false),
      put: operation('put', true),
      patch: operation('patch', true),
      delete: operation('delete', false),
    },
  };
}
