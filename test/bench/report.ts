import { formatValue, type Metric, meets } from './metric.ts';

/** Where and when figures were taken. */
export interface Setting {
  readonly target: 'embedded' | 'cluster';
  /** RFC 3339. */
  readonly time: string;
  readonly node: string;
  readonly cpus: number;
  /** Of the machine in the minute before: how much else there was to do. */
  readonly load: number;
}

/** The figures as a table of Markdown, goals beside them. */
export function tableText(metrics: readonly Metric[], { target, time, node, cpus, load }: Setting): string {
  const head = ['', 'measured', 'goal', ''];
  const rows = metrics.map(({ title, value, unit, goal }) => {
    const wanted =
      goal && ('atMost' in goal ? `≤ ${formatValue(goal.atMost, unit)}` : `≥ ${formatValue(goal.atLeast, unit)}`);
    return [title, formatValue(value, unit), wanted ?? '', goal ? (meets(value, goal) ? 'met' : 'missed') : ''];
  });
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map(row => row[column]!.length)));
  const isNumber = (column: number) => column === 1 || column === 2;
  const pad = (cell: string, i: number) => (isNumber(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!));
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |\n`;
  const rule = widths.map((width, i) => (isNumber(i) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  const where = target === 'embedded' ? 'the embedded default' : 'a cluster';
  return `krt on ${where}: ${time.slice(0, 10)}, Node ${node}, ${cpus} CPUs, load ${load.toFixed(1)} before\n\n${[head, rule, ...rows].map(line).join('')}`;
}

/** The figures for programs. */
export function jsonText(metrics: readonly Metric[], setting: Setting): string {
  const figures = metrics.map(({ id, value, unit, goal }) => [
    id,
    { value: Number(value.toPrecision(4)), unit, ...(goal && { goal, met: meets(value, goal) }) },
  ]);
  return `${JSON.stringify({ ...setting, metrics: Object.fromEntries(figures) }, undefined, 2)}\n`;
}
