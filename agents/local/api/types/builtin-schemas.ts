import type { JsonSchema, SchemaDefinitions } from '../schema/json-schema.ts';
import schemas from './builtin-schemas.json' with { type: 'json' };

/**
 * OpenAPI schemas of the built-in types that are served, by full name, without descriptions: taken from
 * `/openapi/v3` of kube-apiserver 1.37 (Kubernetes, Apache-2.0). They tell field names, types and merge keys.
 */
export const BUILTIN_SCHEMAS = schemas as unknown as SchemaDefinitions;

/** Reference to the built-in schema of that full name; throws where there is none. */
export function builtinSchema(name: string): JsonSchema {
  if (!Object.hasOwn(BUILTIN_SCHEMAS, name)) throw new Error(`no schema ${name}`);
  return { $ref: `#/components/schemas/${name}` };
}

/** Schema of metadata. */
export const OBJECT_META = builtinSchema('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
