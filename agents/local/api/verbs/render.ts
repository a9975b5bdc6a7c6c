import type { Rendering } from '../http/accept.ts';
import type { ApiObject, JsonObject } from '../object.ts';
import type { Stored } from '../store/stored.ts';
import { PLAIN_TABLE } from '../tables/builtin.ts';
import { makeTable, partialMetadata, tableRow } from '../tables/table.ts';
import type { ResourceType } from '../types/resource-type.ts';
import { listJson, type Page } from './list.ts';
import { servedJson, servedObject } from './serve.ts';

/** JSON of one page of a list in the form that the client asked for. */
export function renderList(type: ResourceType, page: Page, rendering: Rendering, now: number): string {
  switch (rendering.as) {
    case 'Table': {
      const rows = page.items.map(({ object }) => row(type, servedObject(type, object), rendering, now));
      return JSON.stringify(makeTable(tableOf(type).columns, rows, page.metadata));
    }
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return JSON.stringify({
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata: page.metadata,
        items: page.items.map(({ object }) => partialMetadata(object)),
      });
    default:
      return listJson(type, page, stored => servedJson(type, stored));
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

/** The same for an object that need not be stored. */
export function renderValue(
  type: ResourceType,
  object: ApiObject,
  rendering: Rendering,
  now: number,
  first = true,
): unknown {
  if (rendering.as === 'Table') {
    const { resourceVersion } = object.metadata;
    return makeTable(first ? tableOf(type).columns : undefined, [row(type, object, rendering, now)], {
      resourceVersion,
    });
  }
  return rendering.as === undefined ? object : partialMetadata(object);
}

const tableOf = (type: ResourceType) => type.table ?? PLAIN_TABLE;

function row(type: ResourceType, object: ApiObject, { include }: Rendering, now: number): JsonObject {
  return tableRow(tableOf(type).cells(object, now), object, include);
}
