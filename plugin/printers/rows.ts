import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import type { Column, Kind } from './column.ts';
import { type Cell, plain } from './table.ts';

/** What a table of objects shows. */
export interface TableOptions {
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
  readonly colour: boolean;
  /** A column of namespaces comes first. */
  readonly withNamespace?: boolean;
  readonly noHeaders?: boolean;
  /** All labels in a last column. */
  readonly showLabels?: boolean;
  /** Keys of labels with a column of their own. */
  readonly labelColumns?: readonly string[];
  /** Widths of the columns so far; see `tableText`. */
  readonly widths?: number[];
}

/** The header, unless it is not wanted, and a row for each object. */
export function rowsOf<T extends KubeObject>(
  objects: readonly T[],
  kind: Kind<T>,
  options: TableOptions & { readonly wide?: boolean },
): Cell[][] {
  const columns = columnsOf(kind, options);
  const header = columns.map(({ title }) => plain(title));
  const rows = objects.map(object =>
    columns.map(({ cell }) => {
      const { text, paint } = cell(object, options.now);
      return options.colour ? { text, paint } : { text };
    }),
  );
  return options.noHeaders ? rows : [header, ...rows];
}

function columnsOf<T extends KubeObject>(
  kind: Kind<T>,
  { withNamespace, showLabels, labelColumns = [], wide }: TableOptions & { readonly wide?: boolean },
): Column<T>[] {
  const columns = kind.columns.filter(column => wide || !column.wide);
  if (withNamespace) columns.unshift({ title: 'NAMESPACE', cell: object => plain(object.metadata.namespace) });
  for (const key of labelColumns) {
    columns.push({ title: titleOf(key), cell: object => plain(object.metadata.labels?.[key]) });
  }
  if (showLabels) columns.push({ title: 'LABELS', cell: object => plain(labelsText(object.metadata.labels)) });
  return columns;
}

/** Labels as `key=value` with commas between, in order; `<none>` where there are none. */
export function labelsText(labels: Record<string, string> | undefined): string {
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, value]) => `${key}=${value}`).join(',') || '<none>';
}

/** kubectl heads a label's column with what stands behind its prefix. */
const titleOf = (key: string) => key.slice(key.lastIndexOf('/') + 1).toUpperCase();
