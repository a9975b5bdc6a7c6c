/** What is made many of: `submit` is done so many at a time, `ended` tells by `performance.now()` when it is over. */
export interface Work {
  submit(index: number): Promise<void>;
  ended(index: number): Promise<number>;
}

/** What a burst came to. */
export interface Burst {
  readonly count: number;
  /** From the first submission to the last end. */
  readonly seconds: number;
  /** Milliseconds of each, from its submission to its end. */
  readonly latencies: readonly number[];
}

/** Submits `count`, `width` at a time in order, and waits for the end of all. */
export async function burst(work: Work, { count, width }: { count: number; width: number }): Promise<Burst> {
  const begin = performance.now();
  const ends: Promise<number>[] = [];
  const starts: number[] = [];
  let next = 0;
  const submitter = async () => {
    while (next < count) {
      const index = next++;
      starts[index] = performance.now();
      await work.submit(index);
      ends[index] = work.ended(index);
    }
  };
  await Promise.all(Array.from({ length: width }, submitter));
  const times = await Promise.all(ends);
  const latencies = times.map((time, index) => time - starts[index]!);
  return { count, seconds: (Math.max(...times) - begin) / 1000, latencies };
}
