import { Chalk } from 'chalk';
import { humanDuration } from '../../crds/v1alpha1/age.ts';
import type { Load } from '../services/top/load-board.ts';
import { type Cell, plain, tableText } from './table.ts';

const { yellow, red } = new Chalk({ level: 1 });

/** How loads are shown. */
export interface LoadOptions {
  readonly windowMs: number;
  readonly withNamespace: boolean;
  readonly colour: boolean;
  readonly noHeaders?: boolean;
  /** Columns of a terminal, into which the table is made to fit by leaving out what matters less. */
  readonly columns?: number | undefined;
}

interface LoadColumn {
  readonly title: string;
  /** Where the room is scarce, the highest goes first; 0 never goes. */
  readonly rank: number;
  readonly cell: (load: Load, minutes: number) => Cell;
}

const COLUMNS: readonly LoadColumn[] = [
  { title: 'NAME', rank: 0, cell: ({ name }) => plain(name) },
  { title: 'PODS', rank: 1, cell: ({ pods }) => podsCell(pods) },
  { title: 'SLOTS', rank: 0, cell: ({ slots }) => plain(`${slots.used}/${slots.total}`) },
  { title: 'WAITING', rank: 0, cell: ({ waiting }) => marked(waiting, yellow) },
  { title: 'LONGEST', rank: 2, cell: ({ longestWaitMs }) => plain(longestWaitMs && humanDuration(longestWaitMs)) },
  { title: 'RUNS/MIN', rank: 0, cell: ({ ended }, minutes) => plain(rate(ended / minutes)) },
  { title: 'FAILED/MIN', rank: 3, cell: ({ failed }, minutes) => marked(rate(failed / minutes), red) },
  { title: 'MEDIAN', rank: 4, cell: ({ medianMs }) => plain(medianMs === undefined ? undefined : short(medianMs)) },
];
const NAMESPACE: LoadColumn = { title: 'NAMESPACE', rank: 0, cell: ({ namespace }) => plain(namespace) };

/** Loads in a table, a Runtime a row. */
export function loadsText(loads: readonly Load[], options: LoadOptions): string {
  const { columns = Number.POSITIVE_INFINITY, withNamespace } = options;
  let shown = withNamespace ? [NAMESPACE, ...COLUMNS] : [...COLUMNS];
  for (;;) {
    const rows = rowsOf(loads, shown, options);
    const least = Math.max(...shown.map(({ rank }) => rank));
    if (least === 0 || widthOf(rows) <= columns) return tableText(rows);
    shown = shown.filter(({ rank }) => rank < least);
  }
}

/** Loads as `-o json` has them. */
export function loadsData(loads: readonly Load[], windowMs: number): object[] {
  return loads.map(({ longestWaitMs, medianMs, ...load }) => ({
    ...load,
    longestWaitSeconds: longestWaitMs === undefined ? undefined : longestWaitMs / 1000,
    medianSeconds: medianMs === undefined ? undefined : medianMs / 1000,
    runsPerMinute: Number((load.ended / (windowMs / 60_000)).toFixed(3)),
    windowSeconds: windowMs / 1000,
  }));
}

function rowsOf(loads: readonly Load[], columns: readonly LoadColumn[], options: LoadOptions): Cell[][] {
  const { windowMs, colour, noHeaders } = options;
  const rows = loads.map(load =>
    columns.map(({ cell }) => {
      const { text, paint } = cell(load, windowMs / 60_000);
      return colour ? { text, paint } : { text };
    }),
  );
  return noHeaders ? rows : [columns.map(({ title }) => plain(title)), ...rows];
}

const widthOf = (rows: Cell[][]) =>
  Math.max(
    0,
    ...tableText(rows.map(row => row.map(({ text }) => ({ text }))))
      .split('\n')
      .map(line => line.length),
  );

function podsCell(pods: Load['pods']): Cell {
  if (!pods) return { text: 'none', paint: red };
  const text = `${pods.ready}/${pods.wanted}`;
  return pods.ready < pods.wanted ? { text, paint: yellow } : { text };
}

const marked = (value: number | string, paint: (text: string) => string): Cell =>
  Number(value) > 0 ? { text: String(value), paint } : plain(value);

/** Enough digits to see that it moves. */
const rate = (value: number) => (value > 0 && value < 10 ? value.toFixed(1) : String(Math.round(value)));

function short(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)}s` : humanDuration(ms);
}
