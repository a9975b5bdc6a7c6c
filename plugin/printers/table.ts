import Table from 'cli-table3';
import { sanitise } from '../terminal/sanitise.ts';

/** Space between columns, as kubectl has it, and the least that a column takes with it. */
const GAP = 3;
const LEAST_WIDTH = 6;
const EDGES = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
const LINES = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'];
const NO_BORDERS = Object.fromEntries([...EDGES, ...LINES].map(part => [part, '']));

/** A cell with its colour: `paint` is given the text once its width is known. */
export interface Cell {
  readonly text: string;
  readonly paint?: ((text: string) => string) | undefined;
}

/**
 * Rows as kubectl's table: three spaces between columns, nothing behind the last. `widths` are those of the columns
 * so far, which a watch keeps so that later rows stand below earlier ones; they are raised where a cell needs it.
 */
export function tableText(rows: readonly (readonly Cell[])[], widths: number[] = []): string {
  const cells = rows.map(row => row.map(({ text, paint }) => ({ text: oneLine(text), paint: paint ?? same })));
  for (const row of cells) {
    for (const [i, { text }] of row.slice(0, -1).entries()) {
      widths[i] = Math.max(widths[i] ?? LEAST_WIDTH, text.length + GAP);
    }
  }
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, compact: true, head: [], border: [] },
  });
  for (const row of cells) {
    table.push(row.slice(0, -1).map(({ text, paint }, i) => paint(text) + ' '.repeat(widths[i]! - text.length)));
  }
  // the last column stays out of the table, which would fill it up with spaces
  const lines = table.toString().split('\n');
  return cells.map((row, i) => `${lines[i] ?? ''}${row.map(({ text, paint }) => paint(text)).at(-1) ?? ''}\n`).join('');
}

const same = (text: string) => text;

/** A cell without colour. */
export function plain(text: string | number | undefined): Cell {
  return { text: text === undefined ? '' : String(text) };
}

/** The first line of a text, harmless for a terminal, as kubectl shortens it too. */
function oneLine(text: string): string {
  const [first, ...more] = text.split(/[\n\r\f]/);
  return sanitise(more.length > 0 ? `${first}...` : first!).replaceAll('\t', ' ');
}
