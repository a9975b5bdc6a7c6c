import type { RunReason } from '../../crds/v1alpha1/reasons.ts';
import type { ArtifactRef } from '../../crds/v1alpha1/run.ts';
import type { ArtifactStore } from '../../crds/v1alpha1/runtime.ts';

/** One attempt of one Run on this Pod, as the journal keeps it: enough to see it to its end without the API server. */
export interface Attempt {
  /** `<run uid>.<attempt>`: the execution's id on the Runtime Server and the name of its directory. */
  readonly id: string;
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly runtime: string;
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds, counted from `startedAt`; absent: no limit. */
  readonly timeoutMs?: number;
}

/** How an attempt ended: what the one finish write tells. Instants are milliseconds since the epoch. */
export interface AttemptResult {
  readonly reason: RunReason;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly message?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly artifactRefs?: readonly ArtifactRef[];
  /** Where those, and the log, are; absent: nothing was stored. */
  readonly artifactStore?: ArtifactStore;
  /** Absent: the program was never started. */
  readonly startedAt?: number;
  readonly endedAt: number;
  /** The last sequence number of its log. */
  readonly lines: number;
  /** Where the ArtifactStore has the logs of the Run. */
  readonly logArchive?: string;
}

/**
 * Why an attempt is ended from outside; the first one counts. `PodLost`: fenced, as the API server may by now have
 * given the Run to another Pod. `Gone`: the Run was deleted or is no longer ours, so nobody wants its result.
 */
export type StopCause = 'Cancelled' | 'Timeout' | 'Draining' | 'PodLost' | 'Gone';

/** Id of an attempt's execution. */
export function attemptId(uid: string, attempt: number): string {
  return `${uid}.${attempt}`;
}
