import type { Rule } from './api-proxy.ts';

/** A rule that calls `kill` around the n-th write, once; `hit` tells whether there was one. */
export function killAtWrite(
  n: number,
  point: 'before' | 'after',
  kill: () => void,
): { rule: Rule; readonly hit: boolean } {
  let writes = 0;
  const state = {
    hit: false,
    rule: (({ isWrite }) => {
      if (!isWrite || state.hit || ++writes < n) return undefined;
      state.hit = true;
      return { do: point, call: kill };
    }) satisfies Rule,
  };
  return state;
}
