import { parseDuration } from '../../crds/v1alpha1/duration.ts';
import { REASONS, type RunReason } from '../../crds/v1alpha1/reasons.ts';
import { maxAttempts, type Run } from '../../crds/v1alpha1/run.ts';

/** Whether another attempt follows, and from when on (milliseconds since the epoch). */
export type RetryDecision = { readonly again: false } | { readonly again: true; readonly at: number };

const DEFAULT_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 60_000;
/** The part of a back-off that chance may take off, so that attempts which failed together don't return together. */
const JITTER = 0.2;

/**
 * Whether `attempt`, which ended for `reason` at `now`, is followed by another: attempts are left, the policy (or,
 * where it names none, the table of reasons) lets this reason be retried, and nobody asked to cancel.
 * `random` is from 0 to 1.
 */
export function decideRetry(
  { spec }: Pick<Run, 'spec'>,
  ended: { attempt: number; reason: RunReason; now: number },
  random: number,
): RetryDecision {
  const { attempt, reason, now } = ended;
  const { retryableReasons } = spec.retryPolicy ?? {};
  const info = REASONS[reason];
  const retryable = retryableReasons ? retryableReasons.includes(reason) : info.retryable;
  // a Run that was cancelled, or is to be, has no next attempt, whatever its policy says
  const wanted = !spec.cancelRequested && info.phase !== 'Cancelled' && info.phase !== 'Succeeded';
  if (!retryable || !wanted || attempt >= maxAttempts({ spec })) return { again: false };
  return { again: true, at: now + longestBackOff({ spec }, attempt) * (1 - JITTER * random) };
}

/** The back-off after so many attempts, without jitter; in milliseconds. */
export function longestBackOff({ spec }: Pick<Run, 'spec'>, attempt: number): number {
  const { backoff } = spec.retryPolicy ?? {};
  const base = (backoff === undefined ? undefined : parseDuration(backoff)) ?? DEFAULT_BACKOFF_MS;
  return Math.min(base * 2 ** (attempt - 1), LONGEST_BACKOFF_MS);
}
