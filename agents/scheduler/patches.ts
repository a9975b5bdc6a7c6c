import { setCondition } from '../../crds/v1alpha1/conditions.ts';
import type { Condition } from '../../crds/v1alpha1/meta.ts';
import { CONDITIONS } from '../../crds/v1alpha1/names.ts';
import type { Run, RunStatus } from '../../crds/v1alpha1/run.ts';
import { microTime, secondTime } from '../../crds/v1alpha1/time.ts';
import type { Waits } from './pending-reason.ts';

/** Changes of a status, as a merge patch: `null` removes. */
export type StatusPatch = { [F in keyof RunStatus]?: RunStatus[F] | null };

/** Assigns `run` to a Pod as its next attempt; `now` in milliseconds since the epoch. */
export function bindPatch(run: Run, pod: { name: string; uid: string }, now: number): StatusPatch {
  return {
    phase: 'Scheduled',
    assignedPod: pod.name,
    assignedPodUID: pod.uid,
    attempt: (run.status?.attempt ?? 0) + 1,
    scheduledTime: microTime(now),
    nextAttemptTime: null,
    conditions: conditionsWith(
      run,
      { status: 'True', reason: 'Assigned', message: `assigned to Pod ${pod.name}` },
      now,
    ),
  };
}

/** Tells why `run` waits; undefined where its status tells that already. */
export function waitPatch(run: Run, { reason, message }: Waits, now: number): StatusPatch | undefined {
  const old = run.status?.conditions?.find(({ type }) => type === CONDITIONS.scheduled);
  if (old?.status === 'False' && old.reason === reason && old.message === message) return undefined;
  return { conditions: conditionsWith(run, { status: 'False', reason, message }, now) };
}

/** Ends a Run that no Pod has: asked to be cancelled, or hopeless for too long. */
export function endPatch(run: Run, reason: 'Cancelled' | 'Unschedulable', message: string, now: number): StatusPatch {
  const finished = { type: CONDITIONS.finished, status: 'True', reason, message } as const;
  return {
    phase: reason === 'Cancelled' ? 'Cancelled' : 'Failed',
    reason,
    message,
    completionTime: microTime(now),
    nextAttemptTime: null,
    conditions: setCondition(run.status?.conditions, finished, secondTime(now)),
  };
}

/**
 * Since when the status gives `reason` for waiting, in milliseconds; undefined where it does not. krt moves
 * lastTransitionTime with the reason too (see below), so that a restarted scheduler knows how long a Run has waited.
 */
export function waitsSince(run: Run, reason: string): number | undefined {
  const condition = run.status?.conditions?.find(({ type }) => type === CONDITIONS.scheduled);
  if (condition?.status !== 'False' || condition.reason !== reason) return undefined;
  return Date.parse(condition.lastTransitionTime) || undefined;
}

function conditionsWith(run: Run, next: Pick<Condition, 'status' | 'reason' | 'message'>, now: number): Condition[] {
  const all = run.status?.conditions ?? [];
  const old = all.find(({ type }) => type === CONDITIONS.scheduled);
  const kept = old?.reason === next.reason ? all : all.filter(condition => condition !== old);
  return setCondition(kept, { type: CONDITIONS.scheduled, ...next }, secondTime(now));
}
