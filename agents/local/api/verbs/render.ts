import type { Rendering } from '../http/accept.ts';
import type { ApiObject, JsonObject } from '../object.ts';
import { StatusError } from '../status-error.ts';
import type { Stored } from '../store/stored.ts';
import { PLAIN_TABLE } from '../tables/builtin.ts';
import { makeTable, partialMetadata, tableRow } from '../tables/table.ts';
import type { ResourceType } from '../types/resource-type.ts';
import { listJson, type Page } from './list.ts';
import { itemJson, servedJson, servedObject } from './serve.ts';

/** JSON of one page of a list in the form that the client asked for. Throws a 406 where a list has no such form. */
export function renderList(type: ResourceType, page: Page, rendering: Rendering, now: number): string {
  switch (rendering.as) {
    case 'Table': {
      const rows = page.items.map(({ object }) => row(type, servedObject(type, object), rendering, now));
      return JSON.stringify(makeTable(tableOf(type).columns, rows, page.metadata));
    }
    case 'PartialObjectMetadata':
      throw unfit(`you requested PartialObjectMetadata, but the requested object is a list (${type.listKind})`);
    case 'PartialObjectMetadataList':
      return JSON.stringify({
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata: page.metadata,
        items: page.items.map(({ object }) => partialMetadata(object)),
      });
    default:
      return listJson(type, page, stored => itemJson(type, stored));
  }
}

/** JSON of one object in the form that the client asked for; `first` tells the columns of a table. */
export function renderObject(
  type: ResourceType,
  stored: Stored,
  rendering: Rendering,
  now: number,
  first = true,
): string {
  if (rendering.as === undefined) return servedJson(type, stored);
  return JSON.stringify(renderValue(type, servedObject(type, stored.object), rendering, now, first));
}

/** The same for an object that need not be stored. Throws a 406 where an object has no such form. */
export function renderValue(
  type: ResourceType,
  object: ApiObject,
  rendering: Rendering,
  now: number,
  first = true,
): unknown {
  switch (rendering.as) {
    case 'Table': {
      const { resourceVersion } = object.metadata;
      const rows = [row(type, object, rendering, now)];
      return makeTable(first ? tableOf(type).columns : undefined, rows, { resourceVersion });
    }
    case 'PartialObjectMetadata':
      return partialMetadata(object);
    case 'PartialObjectMetadataList':
      throw unfit('you requested PartialObjectMetadataList, but the requested object is not a list');
    default:
      return object;
  }
}

const unfit = (message: string) => new StatusError(406, 'NotAcceptable', message);

const tableOf = (type: ResourceType) => type.table ?? PLAIN_TABLE;

function row(type: ResourceType, object: ApiObject, { include }: Rendering, now: number): JsonObject {
  return tableRow(tableOf(type).cells(object, now), object, include);
}
