/** A parameter of an operation. */
export type Parameter =
  | { in: 'query'; name: string; type: string; uniqueItems: boolean }
  | { in: 'path'; name: string; type: string; uniqueItems: boolean; required: true }
  | { in: 'body'; name: string; required: true; schema: { type: string } };

/** What a verb takes and answers, and of which kind. */
export interface Operation {
  operationId: string;
  consumes: readonly string[];
  produces: readonly string[];
  parameters: readonly Parameter[];
  responses: Record<string, { description: string }>;
  'x-kubernetes-action': string;
  'x-kubernetes-group-version-kind': { group: string; version: string; kind: string };
}

/** The operations of a path. */
export interface PathItem {
  parameters: readonly Parameter[];
  get?: Operation;
  put?: Operation;
  post?: Operation;
  delete?: Operation;
  patch?: Operation;
}

/** An OpenAPI v2 document, as far as this server writes it. */
export interface Swagger {
  swagger: '2.0';
  info: { title: string; version: string };
  paths: Record<string, PathItem>;
}
