/** What a figure is counted in. */
export type Unit = 'ms' | '/s' | 'times' | 'writes' | 'MB' | 'Runs';

/** One figure of a benchmark. */
export interface Metric {
  /** Stable name, for JSON and ranges. */
  readonly id: string;
  /** What it is, for people. */
  readonly title: string;
  readonly value: number;
  readonly unit: Unit;
  /** What it is to be; absent: it stands there for comparison. */
  readonly goal?: Goal;
}

export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** Whether a figure is as it is to be. */
export function meets(value: number, goal: Goal): boolean {
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}

/** A figure as people read it: three digits that count, and its unit. */
export function formatValue(value: number, unit: Unit): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const number = value.toLocaleString('en-US', { maximumFractionDigits: digits });
  return unit === 'times' ? `${number}x` : unit === '/s' ? `${number}/s` : `${number} ${unit}`;
}
