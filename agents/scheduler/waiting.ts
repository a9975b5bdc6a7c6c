import type { Clock } from '../../crds/client/clock.ts';
import type { PendingReason } from '../../crds/v1alpha1/names.ts';
import { type Run, requestsOf } from '../../crds/v1alpha1/run.ts';
import { longestBackOff } from '../lib/retry.ts';
import type { Quantities } from './quantities.ts';

/** A Pending Run as the scheduler keeps it; `run` is the newest copy, the rest never changes. */
export interface Waiting {
  readonly key: string;
  readonly uid: string;
  run: Run;
  readonly requests: Quantities;
  readonly priority: number;
  /** Milliseconds since the epoch, of whole seconds, as Kubernetes gives it. */
  readonly created: number;
  /** Orders what was created in the same second: by arrival. */
  readonly arrival: number;
  /** When this scheduler saw it become Pending; like all instants below by the clock's `monotonic`. */
  readonly since: number;
  /** The end of the Run's own back-off; 0 where it has none. */
  backOffEnd: number;
  /** Where it stands: ready to be bound, set aside for a reason, about to be ended, or with a write under way. */
  place: 'queued' | 'aside' | 'ending' | 'writing' | 'gone';
  /** Why it waits, as last looked at, and since when. */
  reason: PendingReason | undefined;
  reasonSince: number;
  /** Since when no waiting can help it. */
  hopelessSince: number | undefined;
  /** Not tried before this instant, after a write that the server refused. */
  notBefore: number;
  /** Writes that the server refused in a row. */
  refusals: number;
}

/** An entry for a Run that has just become Pending. */
export function makeWaiting(run: Run, arrival: number, clock: Clock): Waiting {
  const now = clock.monotonic();
  return {
    key: keyOf(run),
    uid: run.metadata.uid ?? '',
    run,
    requests: requestsOf(run),
    priority: run.spec.priority ?? 0,
    created: Date.parse(run.metadata.creationTimestamp ?? '') || 0,
    arrival,
    since: now,
    backOffEnd: backOffEnd(run, clock),
    place: 'aside',
    reason: undefined,
    reasonSince: now,
    hopelessSince: undefined,
    notBefore: 0,
    refusals: 0,
  };
}

/** The order of a queue: higher priority, then older, then first come. A retried Run has its old place again. */
export function compareWaiting(a: Waiting, b: Waiting): number {
  return b.priority - a.priority || a.created - b.created || a.arrival - b.arrival;
}

/** The name of a Run among all namespaces. */
export function keyOf({ metadata }: Run): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** When the Run may be tried: the end of its back-off, or of ours; 0 for at once. */
export function readyAt(entry: Waiting): number {
  return Math.max(entry.backOffEnd, entry.notBefore);
}

/** Takes a newer copy of the Run. */
export function renew(entry: Waiting, run: Run, clock: Clock): void {
  if (run.status?.nextAttemptTime !== entry.run.status?.nextAttemptTime) entry.backOffEnd = backOffEnd(run, clock);
  entry.run = run;
}

/** By the wall clock of whoever wrote it, which may be wrong: it is held against ours once, and against the policy. */
function backOffEnd(run: Run, clock: Clock): number {
  const { nextAttemptTime, attempt = 1 } = run.status ?? {};
  const end = Date.parse(nextAttemptTime ?? '');
  return Number.isNaN(end) ? 0 : clock.monotonic() + Math.min(end - clock.now(), longestBackOff(run, attempt));
}
