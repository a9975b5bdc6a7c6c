import protobuf from 'protobufjs/light.js';
import type { Operation, Parameter, PathItem, Swagger } from './swagger.ts';

/** An OpenAPI v2 document in protobuf, as gnostic has it: what Go clients of Kubernetes read. */
export function encodeSwagger({ swagger, info, paths }: Swagger): Buffer {
  types ??= protobuf.Root.fromJSON({ nested: MESSAGES });
  const path = Object.entries(paths).map(([name, item]) => ({ name, value: pathItem(item) }));
  const type = types.lookupType('Document');
  return Buffer.from(type.encode(type.create({ swagger, info, paths: { path } })).finish());
}

let types: protobuf.Root | undefined;

const OPERATIONS = ['get', 'put', 'post', 'delete', 'patch'] as const;

function pathItem({ parameters, ...item }: PathItem): object {
  const operations = OPERATIONS.map(verb => [verb, item[verb] && operation(item[verb])]);
  return { ...Object.fromEntries(operations), parameters: parameters.map(parameter) };
}

function operation({ operationId, consumes, produces, parameters, responses, ...extensions }: Operation): object {
  return {
    operationId,
    produces,
    consumes,
    parameters: parameters.map(parameter),
    responses: { responseCode: Object.entries(responses).map(([name, response]) => ({ name, value: { response } })) },
    // JSON is YAML too
    vendorExtension: Object.entries(extensions).map(([name, value]) => ({
      name,
      value: { yaml: JSON.stringify(value) },
    })),
  };
}

function parameter(given: Parameter): object {
  if (given.in === 'body')
    return { parameter: { bodyParameter: { ...given, schema: { type: { value: [given.schema.type] } } } } };
  const schema = given.in === 'path' ? 'pathParameterSubSchema' : 'queryParameterSubSchema';
  return { parameter: { nonBodyParameter: { [schema]: given } } };
}

type Fields = Record<string, protobuf.IField>;

const field = (id: number, type = 'string'): protobuf.IField => ({ id, type });
const list = (id: number, type = 'string'): protobuf.IField => ({ id, type, rule: 'repeated' });
const message = (fields: Fields): protobuf.IType => ({ fields });

/** The part of `openapi.v2` that is written, with gnostic's numbers. A `oneof` is a field like others on the wire. */
const MESSAGES: Record<string, protobuf.IType> = {
  Document: message({ swagger: field(1), info: field(2, 'Info'), paths: field(8, 'Paths') }),
  Info: message({ title: field(1), version: field(2) }),
  Paths: message({ path: list(2, 'NamedPathItem') }),
  NamedPathItem: message({ name: field(1), value: field(2, 'PathItem') }),
  PathItem: message({
    get: field(2, 'Operation'),
    put: field(3, 'Operation'),
    post: field(4, 'Operation'),
    delete: field(5, 'Operation'),
    patch: field(8, 'Operation'),
    parameters: list(9, 'ParametersItem'),
  }),
  Operation: message({
    operationId: field(5),
    produces: list(6),
    consumes: list(7),
    parameters: list(8, 'ParametersItem'),
    responses: field(9, 'Responses'),
    vendorExtension: list(13, 'NamedAny'),
  }),
  ParametersItem: message({ parameter: field(1, 'Parameter') }),
  Parameter: message({ bodyParameter: field(1, 'BodyParameter'), nonBodyParameter: field(2, 'NonBodyParameter') }),
  BodyParameter: message({ name: field(2), in: field(3), required: field(4, 'bool'), schema: field(5, 'Schema') }),
  Schema: message({ type: field(22, 'TypeItem') }),
  TypeItem: message({ value: list(1) }),
  NonBodyParameter: message({
    queryParameterSubSchema: field(3, 'QueryParameterSubSchema'),
    pathParameterSubSchema: field(4, 'PathParameterSubSchema'),
  }),
  QueryParameterSubSchema: message({ in: field(2), name: field(4), type: field(6), uniqueItems: field(20, 'bool') }),
  PathParameterSubSchema: message({
    required: field(1, 'bool'),
    in: field(2),
    name: field(4),
    type: field(5),
    uniqueItems: field(19, 'bool'),
  }),
  Responses: message({ responseCode: list(1, 'NamedResponseValue') }),
  NamedResponseValue: message({ name: field(1), value: field(2, 'ResponseValue') }),
  ResponseValue: message({ response: field(1, 'Response') }),
  Response: message({ description: field(1) }),
  NamedAny: message({ name: field(1), value: field(2, 'Any') }),
  Any: message({ yaml: field(2) }),
};
