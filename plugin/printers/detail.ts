import type { KubeEvent } from '../../crds/client/resources.ts';
import { age, humanDuration } from '../../crds/v1alpha1/age.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { type EventsFound, timeOf } from '../services/describe/events.ts';
import { sanitise } from '../terminal/sanitise.ts';
import { labelsText } from './rows.ts';
import { type Cell, plain, tableText } from './table.ts';

/** A line of a description; one without a value is left out. */
export type Field = readonly [label: string, value: string | number | undefined];

/** Fields below one another, their values in one column; `paint` colours a value by its label. */
export function fieldsText(fields: readonly Field[], paint: (label: string, value: string) => string = keep): string {
  const shown = fields.filter((field): field is readonly [string, string | number] => field[1] !== undefined);
  const width = Math.max(...shown.map(([label]) => label.length)) + 3;
  const lines = shown.map(([label, value]) => {
    // what follows a line break stands below the value
    const text = sanitise(String(value)).replaceAll('\n', `\n${' '.repeat(width)}`);
    return `${`${label}:`.padEnd(width)}${paint(label, text)}\n`;
  });
  return lines.join('');
}

const keep = (_label: string, value: string) => value;

/** A heading with text below it, moved to the right. */
export function section(title: string, text: string): string {
  return `${title}:\n${text.replace(/^(?=.)/gm, '  ')}`;
}

/** A heading with a table below it; nothing where there are no rows. */
export function tableSection(title: string, header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return rows.length === 0 ? '' : section(title, tableText([header.map(plain), ...rows]));
}

/** The fields that every description begins with. */
export function headOf({ metadata }: KubeObject): Field[] {
  const { annotations, labels } = metadata;
  // those of kubectl and krt are their own notes
  const visible = Object.entries(annotations ?? {}).filter(
    ([key]) => !/^(kubectl\.kubernetes|kruntimes)\.io\//.test(key),
  );
  return [
    ['Name', metadata.name],
    ['Namespace', metadata.namespace],
    ['Labels', labels && labelsText(labels).replaceAll(',', '\n')],
    ['Annotations', visible.length > 0 ? visible.map(([key, value]) => `${key}: ${value}`).join('\n') : undefined],
  ];
}

/** An instant and how long ago it was. */
export function instant(time: string | null | undefined, now: number): string | undefined {
  return time ? `${time} (${age(time, now)} ago)` : undefined;
}

/** The time between two instants, to the millisecond where it is short: 12ms, 1.2s, 3m4s. */
export function span(from: string | null | undefined, to: string | null | undefined): string | undefined {
  const ms = from && to ? Date.parse(to) - Date.parse(from) : Number.NaN;
  if (Number.isNaN(ms)) return undefined;
  if (ms < 1000) return `${Math.max(0, ms)}ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)}s` : humanDuration(ms);
}

/** Events as `kubectl describe` has them below an object. */
export function eventsText(found: EventsFound, now: number): string {
  if ('why' in found) return fieldsText([['Events', `<not shown: ${found.why}>`]]);
  if (found.events.length === 0) return fieldsText([['Events', '<none>']]);
  const rows = found.events.map(event => [
    plain(event.type),
    plain(event.reason),
    plain(eventAge(event, now)),
    plain(event.source?.component),
    plain(event.message),
  ]);
  return tableSection('Events', ['TYPE', 'REASON', 'AGE', 'FROM', 'MESSAGE'], rows);
}

function eventAge(event: KubeEvent, now: number): string {
  const last = age(timeOf(event), now);
  return (event.count ?? 1) > 1 ? `${last} (x${event.count} over ${age(event.firstTimestamp, now)})` : last;
}
