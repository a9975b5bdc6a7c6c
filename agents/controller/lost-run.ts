import type { Pod } from '../../crds/client/resources.ts';
import { setCondition } from '../../crds/v1alpha1/conditions.ts';
import { LIMITS } from '../../crds/v1alpha1/limits.ts';
import { CONDITIONS } from '../../crds/v1alpha1/names.ts';
import { type AttemptRecord, isUnwanted, phaseOf, type Run, type RunStatus } from '../../crds/v1alpha1/run.ts';
import { microTime, secondTime } from '../../crds/v1alpha1/time.ts';
import { decideRetry } from '../lib/retry.ts';

/** Changes of a Run's status, as a merge patch: `null` removes. */
export type RunStatusPatch = { [F in keyof RunStatus]?: RunStatus[F] | null };

/** The Pod that an active Run is assigned to; undefined for any other Run. */
export function assignmentOf(run: Run): { pod: string; uid: string } | undefined {
  const phase = phaseOf(run);
  if (phase !== 'Scheduled' && phase !== 'Running') return undefined;
  return { pod: run.status?.assignedPod ?? '', uid: run.status?.assignedPodUID ?? '' };
}

/**
 * Whether nothing that was started in the Pod with that UID can still run: the Pod is not there, another has its
 * name, or it has ended and so has each of its containers.
 */
export function isPodGone(pod: Pod | undefined, uid: string): boolean {
  if (!pod || pod.metadata.uid !== uid) return true;
  const { phase, containerStatuses = [] } = pod.status ?? {};
  if (phase !== 'Failed' && phase !== 'Succeeded') return false;
  // an evicted Pod that never started tells no containers: nothing of it runs
  return containerStatuses.every(({ state }) => state?.['terminated'] !== undefined);
}

/** What becomes of an active Run whose Pod is gone; `now` in milliseconds since the epoch, `random` from 0 to 1. */
export function lostPatch(run: Run, now: number, random: number): RunStatusPatch {
  const { status = {} } = run;
  const where = `Pod ${status.assignedPod} is gone`;
  const record = lostAttempt(run, now);
  const attempts = [...(status.attempts ?? []).filter(({ attempt }) => attempt !== record.attempt), record];
  const common = { attempts: attempts.slice(-LIMITS.attemptRecords) };
  if (isUnwanted(run)) return { ...common, ...end(run, 'Cancelled', `cancelled; ${where}`, now) };
  const retry = decideRetry(run, { attempt: record.attempt, reason: 'PodLost', now }, random);
  if (!retry.again) return { ...common, ...end(run, 'PodLost', where, now) };
  return {
    ...common,
    phase: 'Pending',
    assignedPod: null,
    assignedPodUID: null,
    scheduledTime: null,
    startTime: null,
    nextAttemptTime: microTime(retry.at),
  };
}

function lostAttempt(run: Run, now: number): AttemptRecord {
  const { attempt = 1, assignedPod, assignedPodUID, startTime } = run.status ?? {};
  return {
    attempt,
    ...(assignedPod && { pod: assignedPod }),
    ...(assignedPodUID && { podUID: assignedPodUID }),
    reason: isUnwanted(run) ? 'Cancelled' : 'PodLost',
    ...(startTime && { startTime }),
    completionTime: microTime(now),
  };
}

function end(run: Run, reason: 'Cancelled' | 'PodLost', message: string, now: number): RunStatusPatch {
  const finished = { type: CONDITIONS.finished, status: 'True', reason, message } as const;
  return {
    phase: reason === 'Cancelled' ? 'Cancelled' : 'Failed',
    reason,
    message,
    completionTime: microTime(now),
    conditions: setCondition(run.status?.conditions, finished, secondTime(now)),
  };
}
