import { Ajv, type ErrorObject } from 'ajv';
import type { FieldError } from '../field-error.ts';
import type { JsonObject } from '../object.ts';
import { FORMATS } from './formats.ts';
import type { JsonSchema } from './json-schema.ts';
import { toFieldErrors } from './schema-messages.ts';

/** What is wrong with a value under a structural schema, in the real server's words. */
export type SchemaValidator = (value: unknown) => FieldError[];

/** Compiles a structural schema with ajv, once per CRD version. Throws when it has a pattern that is none. */
export function compileValidator(schema: JsonSchema): SchemaValidator {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, validateFormats: true, formats: FORMATS });
  const validate = ajv.compile(toAjv(schema));
  return value => (validate(value) ? [] : toFieldErrors(validate.errors as ErrorObject[], schema));
}

const KEPT = [
  'enum',
  'required',
  'minLength',
  'maxLength',
  'pattern',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const;

/** A structural schema as JSON Schema 2019: nullable, int-or-string, exclusive bounds and formats differ. */
function toAjv(schema: JsonSchema): JsonObject {
  const out: JsonObject = {};
  for (const key of KEPT) if (schema[key] !== undefined) out[key] = schema[key];
  if (schema['x-kubernetes-int-or-string']) out['type'] = ['integer', 'string'];
  else if (schema.type !== undefined) out['type'] = schema.type;
  if (schema.nullable && out['type'] !== undefined) out['type'] = [out['type'], 'null'].flat();
  if (schema.nullable && schema.enum) out['enum'] = [...schema.enum, null];
  if (schema.minimum !== undefined) out[schema.exclusiveMinimum ? 'exclusiveMinimum' : 'minimum'] = schema.minimum;
  if (schema.maximum !== undefined) out[schema.exclusiveMaximum ? 'exclusiveMaximum' : 'maximum'] = schema.maximum;
  const format = schema.format ?? (schema.type === 'integer' ? 'int64' : undefined);
  if (format !== undefined && Object.hasOwn(FORMATS, format)) out['format'] = format;
  if (schema.items) out['items'] = toAjv(schema.items);
  if (schema.properties) {
    out['properties'] = Object.fromEntries(Object.entries(schema.properties).map(([k, v]) => [k, toAjv(v)]));
  }
  if (typeof schema.additionalProperties === 'object') out['additionalProperties'] = toAjv(schema.additionalProperties);
  for (const key of ['oneOf', 'anyOf', 'allOf'] as const) if (schema[key]) out[key] = schema[key].map(toAjv);
  if (schema.not) out['not'] = toAjv(schema.not);
  return out;
}
