import type { ErrorObject } from 'ajv';
import { child, type FieldError, invalidValue, ROOT_FIELD, requiredValue, unsupportedValue } from '../field-error.ts';
import { isInt64 } from './formats.ts';
import type { JsonSchema } from './json-schema.ts';

/** ajv's errors as the field errors that kube-apiserver answers, ordered by field. */
export function toFieldErrors(errors: readonly ErrorObject[], schema: JsonSchema): FieldError[] {
  const told = errors.filter(({ schemaPath }) => !OTHER_ALTERNATIVES.test(schemaPath));
  const found = told.flatMap(error => translate(error, schema));
  return found.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

/** Of several alternatives, none of which fits, the first alone is told. */
const OTHER_ALTERNATIVES = /\/(oneOf|anyOf)\/[1-9]\d*\//;

/** What is told of the whole comes last. */
const rank = ({ field }: FieldError) => (field === ROOT_FIELD ? '\uffff' : field);

function translate(error: ErrorObject, root: JsonSchema): FieldError[] {
  const names = error.instancePath.split('/').slice(1).map(unescapePointer);
  const { field, parent, schema } = locate(names, root);
  const { data, params } = error;
  const body = (detail: string): FieldError[] => [
    invalidValue(field || ROOT_FIELD, data, `${field} in body ${detail}`),
  ];
  switch (error.keyword) {
    case 'required':
      return [requiredValue(child(field, String(params['missingProperty'])))];
    case 'type':
      // null in the place of a required field counts as absent
      if (data === null && parent?.required?.includes(names.at(-1) ?? '')) return [requiredValue(field)];
      return typeError(field, data, schema ?? {});
    case 'enum':
      return [unsupportedValue(field, data, (schema?.enum ?? params['allowedValues']) as unknown[])];
    case 'maxLength':
      return [{ type: 'FieldValueTooLong', field, detail: `may not be more than ${params['limit']} bytes` }];
    case 'minLength':
      return body(`should be at least ${params['limit']} chars long`);
    case 'pattern':
      return body(`should match '${params['pattern']}'`);
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return body(`should be ${COMPARISONS[params['comparison'] as string]} ${params['limit']}`);
    case 'maxItems':
    case 'maxProperties': {
      const size = Array.isArray(data) ? data.length : Object.keys(data as object).length;
      const detail = `must have at most ${params['limit']} items`;
      return [{ type: 'FieldValueTooMany', field, shown: String(size), detail }];
    }
    case 'minItems':
      return [
        invalidValue(
          field,
          (data as unknown[]).length,
          `${field} in body should have at least ${params['limit']} items`,
        ),
      ];
    case 'minProperties':
      return [
        invalidValue(
          field,
          Object.keys(data as object).length,
          `${field} in body should have at least ${params['limit']} properties`,
        ),
      ];
    case 'multipleOf':
      return body(`should be a multiple of ${params['multipleOf']}`);
    case 'uniqueItems':
      return body("shouldn't contain duplicates");
    case 'format':
      return formatError(field, data, String(params['format']), schema ?? {});
    case 'oneOf':
    case 'anyOf':
    case 'allOf':
    case 'not':
      return [invalidValue(ROOT_FIELD, '', `"${field}" ${junction(error.keyword, params)}`)];
    default:
      return body(error.message ?? 'is not valid');
  }
}

const COMPARISONS: Record<string, string> = {
  '>=': 'greater than or equal to',
  '<=': 'less than or equal to',
  '>': 'greater than',
  '<': 'less than',
};

function junction(keyword: 'oneOf' | 'anyOf' | 'allOf' | 'not', { passingSchemas }: Record<string, unknown>): string {
  const passing = Array.isArray(passingSchemas)
    ? `Found ${passingSchemas.length} valid alternatives`
    : 'Found none valid';
  switch (keyword) {
    case 'oneOf':
      return `must validate one and only one schema (oneOf). ${passing}`;
    case 'anyOf':
      return 'must validate at least one schema (anyOf)';
    case 'allOf':
      return 'must validate all the schemas (allOf)';
    case 'not':
      return 'must not validate the schema (not)';
  }
}

function typeError(field: string, data: unknown, schema: JsonSchema): FieldError[] {
  const isInteger = schema.type === 'integer';
  // a fraction where an integer should be is told with the format: it is a number, of another kind
  const got = typeof data === 'number' && isInteger && schema.format ? 'float64' : typeName(data);
  const plain = schema['x-kubernetes-int-or-string'] ? 'integer,string' : (schema.type ?? 'object');
  const wanted = got === 'float64' ? schema.format : plain;
  const error: FieldError = {
    type: 'FieldValueTypeInvalid',
    field: field || ROOT_FIELD,
    shown: `"${got}"`,
    detail: `${field} in body must be of type ${wanted}: "${got}"`,
  };
  return typeof data === 'number' && isInteger ? [error, uncheckedFormat(field, schema.format)] : [error];
}

function uncheckedFormat(field: string, format: string | undefined): FieldError {
  const kind = format ? `integer with format ${format}` : 'integer (default format)';
  const detail = `Checked value must be of type ${kind} in ${field}`;
  return { type: 'FieldValueInvalid', field: ROOT_FIELD, shown: '""', detail };
}

function formatError(field: string, data: unknown, format: string, schema: JsonSchema): FieldError[] {
  // what no 64 bits can hold is a number of another kind; what 32 bits can't is only out of range
  if (typeof data === 'number')
    return isInt64(data) ? [uncheckedFormat(field, format)] : typeError(field, data, schema);
  const detail = `${field} in body must be of type ${format}: ${JSON.stringify(data)}`;
  return [{ type: 'FieldValueTypeInvalid', field, shown: JSON.stringify(data), detail }];
}

function typeName(data: unknown): string {
  if (data === null) return 'null';
  if (Array.isArray(data)) return 'array';
  if (typeof data === 'number') return isInt64(data) ? 'integer' : 'number';
  return typeof data;
}

/** The field path (`a.b[0]`) of a JSON pointer's names, the schema there, and the one around it. */
function locate(names: readonly string[], root: JsonSchema) {
  let field = '';
  let parent: JsonSchema | undefined;
  let schema: JsonSchema | undefined = root;
  for (const name of names) {
    parent = schema;
    if (schema?.items) {
      field = `${field}[${name}]`;
      schema = schema.items;
    } else {
      field = child(field, name);
      const { properties, additionalProperties }: JsonSchema = schema ?? {};
      schema = properties?.[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    }
  }
  return { field, parent, schema };
}

const unescapePointer = (name: string) => name.replaceAll('~1', '/').replaceAll('~0', '~');
