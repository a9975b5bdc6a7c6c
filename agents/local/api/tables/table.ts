import type { ApiObject, JsonObject } from '../object.ts';

/** A column of a Table; `priority` over 0 is shown by `-o wide` only. */
export interface TableColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
}

/** What each row carries beside its cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** The first column of every table. */
export const NAME_COLUMN: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
};

/** The age of an object, last in most tables. */
export const AGE_COLUMN: TableColumn = {
  name: 'Age',
  type: 'string',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
};

/** One row: cells, and as much of the object as was asked for. */
export function tableRow(cells: unknown[], object: ApiObject, include: IncludeObject): JsonObject {
  if (include === 'None') return { cells, object: null };
  return { cells, object: include === 'Object' ? object : partialMetadata(object) };
}

/** The object with its metadata alone. */
export function partialMetadata(object: ApiObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

/** A meta.k8s.io/v1 Table; without `columns` (later events of a watch) it has no definitions. */
export function makeTable(
  columns: readonly TableColumn[] | undefined,
  rows: JsonObject[],
  metadata: JsonObject,
): JsonObject {
  const columnDefinitions = columns?.map(column => ({ format: '', description: '', priority: 0, ...column }));
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions: columnDefinitions ?? null, rows };
}
