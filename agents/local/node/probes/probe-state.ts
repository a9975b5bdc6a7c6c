import type { Probe } from '../pod/spec.ts';

/** What a single probe found. */
export interface ProbeResult {
  readonly ok: boolean;
  readonly message: string;
}

/** Results in a row, and what they amount to: undefined until a threshold was met. */
export interface ProbeState {
  readonly verdict: boolean | undefined;
  readonly ok: boolean;
  readonly count: number;
}

/** Before the first result. */
export const UNKNOWN: ProbeState = { verdict: undefined, ok: false, count: 0 };

/** The state after one more result. */
export function afterResult(state: ProbeState, { ok }: ProbeResult, probe: Probe): ProbeState {
  const count = state.ok === ok ? state.count + 1 : 1;
  const threshold = ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
  return { verdict: count >= threshold ? ok : state.verdict, ok, count };
}
