import type { ApiObject } from '../object.ts';
import { parseFieldSelector } from '../selectors/fields.ts';
import { parseLabelSelector } from '../selectors/labels.ts';
import type { ResourceType } from '../types/resource-type.ts';

/** What a list or watch is about. */
export interface Scope {
  /** undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** A single object, as `watch` of a named object has it. */
  readonly name?: string | undefined;
}

/** Whether a stored object is in the scope and selected. */
export type Selection = (object: ApiObject) => boolean;

/** Compiles the selectors of a query. Throws a 400. */
export function compileSelection(type: ResourceType, { namespace, name }: Scope, query: URLSearchParams): Selection {
  const labels = query.get('labelSelector');
  const fields = query.get('fieldSelector');
  const byLabels = labels ? parseLabelSelector(labels) : undefined;
  const byFields = fields ? parseFieldSelector(fields, type.fields) : undefined;
  return object =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (name === undefined || object.metadata.name === name) &&
    (!byLabels || byLabels(object.metadata.labels)) &&
    (!byFields || byFields(object));
}
