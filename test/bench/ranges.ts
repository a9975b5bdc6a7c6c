import type { Metric } from './metric.ts';

/** Where a figure may lie, with what was measured when the range was set. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the measurement. */
  readonly date: string;
}

/** Ranges by the ids of metrics: of ratios, which move little from machine to machine. */
export type Ranges = Readonly<Record<string, Range>>;

/** Each figure that is not where it may be, in words; a range without a figure is one too. */
export function outOfRange(metrics: readonly Metric[], ranges: Ranges): string[] {
  return Object.entries(ranges).flatMap(([id, { min, max, mean, date }]) => {
    const found = metrics.find(metric => metric.id === id);
    if (!found) return [`${id} was not measured`];
    if (found.value >= min && found.value <= max) return [];
    return [`${id} is ${found.value.toPrecision(3)}, outside of ${min} to ${max} (${mean} on ${date})`];
  });
}
