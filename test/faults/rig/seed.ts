/** Chance that can be had again: the same seed gives the same numbers. */
export interface Chance {
  /** From 0 to 1, without 1. */
  next(): number;
  /** A whole number from 0 to `below`, without it. */
  below(below: number): number;
  pick<T>(of: readonly T[]): T;
}

/** The seed of this process: KRT_FAULT_SEED, to have a run again, or a new one. */
export const SEED = Number(process.env['KRT_FAULT_SEED'] || Math.floor(performance.timeOrigin) % 1_000_000);

/** Numbers of `seed`, by the generator that is known as mulberry32. */
export function makeChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, pick: of => of[below(of.length)]! };
}
