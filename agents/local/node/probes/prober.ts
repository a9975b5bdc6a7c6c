import type { Clock } from '../../../lib/clock.ts';
import type { Probe } from '../pod/spec.ts';
import { afterResult, type ProbeResult, UNKNOWN } from './probe-state.ts';

/** A probe that goes on until its signal aborts. */
export interface ProberOptions {
  readonly probe: Probe;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Runs the probe once; never rejects. */
  readonly check: (signal: AbortSignal) => Promise<ProbeResult>;
  /** Told of each verdict that differs from the one before. */
  readonly onVerdict: (ok: boolean, message: string) => void;
  /** Told of each failure. */
  readonly onFailure?: (message: string) => void;
  /** Milliseconds between looks before the first success; see below. */
  readonly eagerMs?: number;
}

const EAGER_MS = 100;

/**
 * Probes with the kubelet's rules for delay, period, time-out and thresholds. Until the first success it looks more
 * often than the period says: starting takes less long here than in a cluster, and who waits should not wait for
 * the next tick. Those looks count only when they succeed, so that failureThreshold times period is the time allowed.
 */
export async function probeForEver(options: ProberOptions): Promise<void> {
  const { probe, clock, signal, check, onVerdict } = options;
  const period = Math.max(1, probe.periodSeconds ?? 10) * 1000;
  const eager = probe.exec ? period : Math.min(options.eagerMs ?? EAGER_MS, period);
  let state = UNKNOWN;
  let everOk = false;
  try {
    await clock.sleep((probe.initialDelaySeconds ?? 0) * 1000, signal);
    let tick = clock.monotonic();
    while (!signal.aborted) {
      const result = await timed(options, check);
      if (signal.aborted) return;
      const isDue = clock.monotonic() >= tick;
      everOk ||= result.ok;
      if (result.ok || isDue) {
        if (!result.ok) options.onFailure?.(result.message);
        const next = afterResult(state, result, probe);
        if (next.verdict !== undefined && next.verdict !== state.verdict) onVerdict(next.verdict, result.message);
        state = next;
        tick = isDue ? Math.max(tick + period, clock.monotonic()) : clock.monotonic() + period;
      }
      const untilTick = Math.max(0, tick - clock.monotonic());
      await clock.sleep(everOk ? untilTick : Math.min(eager, untilTick), signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error; // the clock rejects only when asked to
  }
}

/** One check with the probe's time-out. */
async function timed({ probe, clock, signal }: ProberOptions, check: ProberOptions['check']): Promise<ProbeResult> {
  const late = new AbortController();
  const over = new AbortController();
  const timer = clock.sleep((probe.timeoutSeconds ?? 1) * 1000, AbortSignal.any([signal, over.signal]));
  timer.then(
    () => late.abort(new Error('timed out')),
    () => undefined, // answered in time
  );
  const result = await check(AbortSignal.any([signal, late.signal]));
  over.abort();
  return result;
}
