/** What a process held at one moment. */
export interface Sample {
  readonly rssBytes: number;
  readonly descriptors: number;
  /** undefined: the process has no metrics that tell. */
  readonly timers?: number | undefined;
}

/** How much more than early in the run a process may hold late in it. */
const MAY_GROW = { rssBytes: 24 * 1024 * 1024, descriptors: 8, timers: 8 } as const;

type Quantity = keyof typeof MAY_GROW;
const QUANTITIES = Object.keys(MAY_GROW) as Quantity[];

/** One quantity of one process over the whole run. */
export interface Course {
  readonly quantity: Quantity;
  /** Medians of the second and of the last quarter; the first quarter is warming up. */
  readonly early: number;
  readonly late: number;
  readonly max: number;
  readonly isFlat: boolean;
}

/** How each quantity developed; medians, so that one sample in the middle of a burst says nothing. */
export function coursesOf(samples: readonly Sample[]): Course[] {
  return QUANTITIES.flatMap(quantity => {
    const values = samples.map(sample => sample[quantity]).filter(value => value !== undefined);
    if (values.length < 4) return [];
    const quarter = Math.floor(values.length / 4);
    const [early, late] = [values.slice(quarter, 2 * quarter), values.slice(-quarter)].map(median) as [number, number];
    return [{ quantity, early, late, max: Math.max(...values), isFlat: late - early <= MAY_GROW[quantity] }];
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
