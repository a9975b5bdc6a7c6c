import type { Condition, KubeObject } from './meta.ts';
import type { RunReason } from './reasons.ts';
import type { ArtifactStore } from './runtime.ts';

/** Every phase of a Run in the order of its life; the last four are terminal and final. */
export const RUN_PHASES = ['Pending', 'Scheduled', 'Running', 'Succeeded', 'Failed', 'Timeout', 'Cancelled'] as const;
/** Where a Run is in its life. */
export type RunPhase = (typeof RUN_PHASES)[number];

/** The phases that a Run never leaves: the CRD itself refuses it. */
export const TERMINAL_PHASES = ['Succeeded', 'Failed', 'Timeout', 'Cancelled'] as const satisfies readonly RunPhase[];

/** A field selector (for `list` and `watch`) of the Runs that have not ended. */
export const ACTIVE_RUNS_SELECTOR = TERMINAL_PHASES.map(phase => `status.phase!=${phase}`).join(',');

/** What to run: exactly one of `inline` and `repoURL` + `commitSHA`. */
export interface RunSource {
  /** The program's text, at most 256 KiB; written to the entrypoint. */
  inline?: string;
  /** A git repository that the Runtime Pod can reach. */
  repoURL?: string;
  /** The full commit id, 40 or 64 hexadecimal digits. */
  commitSHA?: string;
}

/** When a failed attempt is followed by another. */
export interface RetryPolicy {
  /** Attempts in all, 1 to 100; default 1. */
  maxAttempts?: number;
  /** Go duration before the second attempt; doubles each time up to 60 s, jittered; default 1s. */
  backoff?: string;
  /** Reasons that are retried; absent: every reason that a retry can heal (see reasons.ts). */
  retryableReasons?: RunReason[];
}

/** What the author of a Run wants; immutable but for `cancelRequested` and `ttlSecondsAfterFinished`. */
export interface RunSpec {
  /** Name of a Runtime in the same namespace. */
  runtime: string;
  source?: RunSource;
  /** Relative path of the program in the workspace; default `script`. */
  entrypoint?: string;
  args?: string[];
  /** Environment of the program; not for secrets. */
  env?: Record<string, string>;
  /** Go duration for each attempt; absent: no limit. */
  timeout?: string;
  retryPolicy?: RetryPolicy;
  resources?: { requests?: Record<string, number> };
  /** -1000 to 1000, default 0; higher goes first, equal ones first come first served. */
  priority?: number;
  /** Set to true (never back) to ask for cancellation. */
  cancelRequested?: boolean;
  /** Seconds after completion when the Run is deleted; absent: kept. */
  ttlSecondsAfterFinished?: number;
}

/** One ended attempt, kept in `status.attempts`. */
export interface AttemptRecord {
  attempt: number;
  pod?: string;
  podUID?: string;
  reason: RunReason;
  exitCode?: number;
  startTime?: string;
  completionTime?: string;
}

/** Metadata of a stored artifact; the bytes are in the Runtime's ArtifactStore. */
export interface ArtifactRef {
  name: string;
  type: 'file' | 'directory';
  driver: 'filesystem' | 's3';
  location: string;
  sizeBytes: number;
  digest: string;
  contentType?: string;
  createdAt: string;
}

/** Where the log of the last attempt is; `lines` is the sequence number of its last line. */
export interface LogRef {
  pod: string;
  container: string;
  attempt: number;
  lines: number;
  /** Where the logs of the Run's attempts are in the ArtifactStore; see `archivedAt`. Absent: none is. */
  archive?: string;
}

/** Where in the place `archive` the log of an attempt is: JSON lines as a Pod's log has them, gzipped. */
export function archivedAt(archive: string, attempt: number): string {
  return `${archive}/${attempt}.jsonl.gz`;
}

/**
 * What became of a Run. Writers, field by field (nobody else writes them):
 * the scheduler: assignedPod, assignedPodUID, attempt, scheduledTime, condition Scheduled, and phase to Scheduled
 * (or to a terminal one while no Pod has the Run); runtimed of the assigned Pod: everything from Scheduled to the end,
 * and back to Pending for a retry; the controller: back to Pending or to the end when the assigned Pod is gone.
 */
export interface RunStatus {
  phase?: RunPhase;
  conditions?: Condition[];
  assignedPod?: string | null;
  assignedPodUID?: string | null;
  /** Number of the present or last attempt, from 1; raised with each assignment. */
  attempt?: number;
  /** The next attempt is not scheduled before this instant. */
  nextAttemptTime?: string | null;
  exitCode?: number;
  /** Name of the signal that ended the program, such as `SIGKILL`. */
  signal?: string;
  reason?: RunReason;
  message?: string;
  scheduledTime?: string | null;
  startTime?: string | null;
  completionTime?: string;
  outputs?: Record<string, string>;
  artifactRefs?: ArtifactRef[];
  /** The store of the Runtime as it was when something of the Run was put there: whoever deletes the Run needs it. */
  artifactStore?: ArtifactStore;
  logRef?: LogRef;
  /** The last 10 ended attempts, oldest first. */
  attempts?: AttemptRecord[];
}

/** One program to execute on a Runtime. */
export interface Run extends KubeObject {
  spec: RunSpec;
  status?: RunStatus;
}

/** The phase of `run`; one that no agent has touched is Pending. */
export function phaseOf(run: Pick<Run, 'status'>): RunPhase {
  return run.status?.phase ?? 'Pending';
}

/** Whether a phase, or a Run's phase, is one that is never left. */
export function isTerminal(value: RunPhase | Pick<Run, 'status'>): boolean {
  const phase = typeof value === 'string' ? value : phaseOf(value);
  return (TERMINAL_PHASES as readonly RunPhase[]).includes(phase);
}

/** Whether nobody wants `run` to go on: it was cancelled, or is being deleted and held by a finalizer until it has ended. */
export function isUnwanted({ spec, metadata }: Pick<Run, 'spec' | 'metadata'>): boolean {
  return spec.cancelRequested === true || Boolean(metadata.deletionTimestamp);
}

/** Attempts that `run` may have in all. */
export function maxAttempts(run: Pick<Run, 'spec'>): number {
  return run.spec.retryPolicy?.maxAttempts ?? 1;
}

/** The slots of each resource that `run` takes on a Pod. */
export function requestsOf(run: Pick<Run, 'spec'>): Record<string, number> {
  return { runs: 1, ...run.spec.resources?.requests };
}
