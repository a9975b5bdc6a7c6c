import { setCondition } from '../../../crds/v1alpha1/conditions.ts';
import { LIMITS } from '../../../crds/v1alpha1/limits.ts';
import { CONDITIONS, PENDING_REASONS, type PendingReason, RUNTIMED_CONTAINER } from '../../../crds/v1alpha1/names.ts';
import { REASONS } from '../../../crds/v1alpha1/reasons.ts';
import type { AttemptRecord, Run, RunStatus } from '../../../crds/v1alpha1/run.ts';
import type { ArtifactStore } from '../../../crds/v1alpha1/runtime.ts';
import { microTime, secondTime } from '../../../crds/v1alpha1/time.ts';
import { decideRetry } from '../../lib/retry.ts';
import type { Attempt, AttemptResult } from '../attempt.ts';

/** Changes of a status as a merge patch: `null` removes. */
export type StatusPatch = { [F in keyof RunStatus]?: RunStatus[F] | null };

/** The Pod that runtimed belongs to. */
export interface PodIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

/** The program is going, since `startedAt` (milliseconds). */
export function runningStatus(startedAt: number): StatusPatch {
  return { phase: 'Running', startTime: microTime(startedAt) };
}

/** The attempt has ended: the terminal phase, or Pending again where the policy grants another attempt. */
export function finishStatus(
  run: Run,
  ended: { attempt: Attempt; result: AttemptResult; pod: PodIdentity; random: number },
): StatusPatch {
  const { attempt, result, pod, random } = ended;
  const { reason, endedAt } = result;
  const archive = result.logArchive ?? run.status?.logRef?.archive;
  const logRef = {
    pod: pod.name,
    container: RUNTIMED_CONTAINER,
    attempt: attempt.attempt,
    lines: result.lines,
    ...(archive !== undefined && { archive }),
  };
  // whole, as a merge patch would leave what an earlier store had
  const { artifactStore } = result;
  const store = artifactStore && { artifactStore: { filesystem: null, s3: null, ...artifactStore } as ArtifactStore };
  const attempts = appendRecord(run.status?.attempts, recordOf(attempt, result, pod));
  const retry = decideRetry(run, { attempt: attempt.attempt, reason, now: endedAt }, random);
  if (retry.again) {
    return {
      ...unassigned(run, 'BackOff', PENDING_REASONS.BackOff, endedAt),
      nextAttemptTime: microTime(retry.at),
      startTime: null,
      ...store,
      logRef,
      attempts,
    };
  }
  const message = clip(result.message ?? '');
  const finished = { type: CONDITIONS.finished, status: 'True', reason, message } as const;
  const outputs = result.outputs && Object.keys(result.outputs).length > 0 ? { ...result.outputs } : null;
  return {
    phase: REASONS[reason].phase,
    exitCode: result.exitCode ?? null,
    signal: result.signal ?? null,
    reason,
    message: message || null,
    outputs,
    artifactRefs: result.artifactRefs?.length ? [...result.artifactRefs] : null,
    ...store,
    startTime: result.startedAt === undefined ? null : microTime(result.startedAt),
    completionTime: microTime(endedAt),
    nextAttemptTime: null,
    logRef,
    conditions: setCondition(run.status?.conditions, finished, secondTime(endedAt)),
    attempts,
  };
}

/** Gives back an assignment whose program was never started: the attempt does not count. */
export function handBackStatus(run: Run, pod: PodIdentity, now: number): StatusPatch {
  return {
    ...unassigned(run, 'NoReadyPod', `Pod ${pod.name} took no more Runs and did not start this one`, now),
    attempt: Math.max(0, (run.status?.attempt ?? 1) - 1),
    startTime: null,
  };
}

/**
 * Whether the attempt is still ours to decide. `open`: yes. `told`: it stands in the status already, as after a
 * write whose answer was lost. `taken`: another hand has ended it or given the Run away.
 */
export function standingOf(
  run: Run,
  attempt: Attempt,
  pod: PodIdentity,
  result?: AttemptResult,
): 'open' | 'told' | 'taken' {
  const status = run.status ?? {};
  if (run.metadata.uid !== attempt.uid) return 'taken';
  const active = status.phase === 'Scheduled' || status.phase === 'Running';
  if (active && status.attempt === attempt.attempt && status.assignedPodUID === pod.uid) return 'open';
  const mine = status.attempts?.find(record => record.attempt === attempt.attempt && record.podUID === pod.uid);
  const told = mine && result && mine.reason === result.reason && sameInstant(mine.completionTime, result.endedAt);
  return told ? 'told' : 'taken';
}

function unassigned(run: Run, reason: PendingReason, message: string, now: number): StatusPatch {
  const waiting = { type: CONDITIONS.scheduled, status: 'False', reason, message } as const;
  return {
    phase: 'Pending',
    assignedPod: null,
    assignedPodUID: null,
    scheduledTime: null,
    conditions: setCondition(run.status?.conditions, waiting, secondTime(now)),
  };
}

function recordOf(attempt: Attempt, result: AttemptResult, pod: PodIdentity): AttemptRecord {
  return {
    attempt: attempt.attempt,
    pod: pod.name,
    podUID: pod.uid,
    reason: result.reason,
    ...(result.exitCode !== undefined && { exitCode: result.exitCode }),
    ...(result.startedAt !== undefined && { startTime: microTime(result.startedAt) }),
    completionTime: microTime(result.endedAt),
  };
}

function appendRecord(records: readonly AttemptRecord[] = [], record: AttemptRecord): AttemptRecord[] {
  const others = records.filter(({ attempt }) => attempt !== record.attempt);
  return [...others, record].slice(-LIMITS.attemptRecords);
}

/** At most 4,096 characters, the beginning and, as git and compilers tell the cause last, more of the end. */
function clip(text: string): string {
  const limit = LIMITS.messageLength;
  if ([...text].length <= limit) return text;
  const characters = [...text];
  return [...characters.slice(0, 1000), ' … ', ...characters.slice(-(limit - 1003))].join('');
}

const sameInstant = (text: string | undefined, ms: number) => text === microTime(ms);
