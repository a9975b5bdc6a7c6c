import type { Screen } from './screen.ts';

/** What is shown, and for how long. */
export interface Frame {
  readonly screen: Screen;
  readonly ms: number;
}

/** Faster changes than this nobody sees. */
const SHORTEST_MS = 60;
/** Nobody wants to wait longer than this. */
const LONGEST_MS = 1_200;
/** A reader gets this long for the last one. */
const LAST_MS = 6_000;

/** The frames of a film of what was seen at those moments. */
export function framesOf(seen: readonly { readonly ms: number; readonly screen: Screen }[]): Frame[] {
  const frames: Frame[] = [];
  let shownSince = seen[0]?.ms ?? 0;
  for (const [i, { screen }] of seen.entries()) {
    const next = seen[i + 1];
    if (!next) frames.push({ screen, ms: LAST_MS });
    else if (next.ms - shownSince >= SHORTEST_MS) {
      frames.push({ screen, ms: Math.min(next.ms - shownSince, LONGEST_MS) });
      shownSince = next.ms;
    }
  }
  return frames;
}
