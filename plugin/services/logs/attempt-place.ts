import { RUNTIMED_CONTAINER } from '../../../crds/v1alpha1/names.ts';
import { archivedAt, isTerminal, phaseOf, type Run } from '../../../crds/v1alpha1/run.ts';

/** Where the log of one attempt is, as far as the Run's status tells. */
export interface AttemptPlace {
  readonly attempt: number;
  /** Pods that may have it; more than one only for an attempt that the status no longer lists. */
  readonly pods: readonly string[];
  readonly container: string;
  /** Whether its program has ended, so that the log only has to be read. */
  readonly isOver: boolean;
  /** The number of its last record, once that is known. */
  readonly lines: number | undefined;
  /** No record of it is older than this (milliseconds, by a clock of the cluster). */
  readonly since: number;
  /** When its program ended, by the clock of its Pod. */
  readonly until: number | undefined;
  /** Where the ArtifactStore of its Runtime may have it. */
  readonly archive: string | undefined;
  /** Whether a part of it may be in the log of a container's previous instance only. */
  readonly isSplit: boolean;
}

/** The place of attempt `attempt`; undefined while it has no Pod, or where there was no such attempt. */
export function placeOf(run: Run, attempt: number): AttemptPlace | undefined {
  const { status = {}, metadata } = run;
  const created = instant(metadata.creationTimestamp) ?? 0;
  const logRef = status.logRef?.attempt === attempt ? status.logRef : undefined;
  const container = logRef?.container ?? RUNTIMED_CONTAINER;
  const { archive: logs } = status.logRef ?? {};
  const archive = logs === undefined ? undefined : archivedAt(logs, attempt);
  const common = { attempt, container, lines: logRef?.lines, archive, isSplit: false };
  const record = status.attempts?.find(other => other.attempt === attempt);
  if (record) {
    const pod = record.pod ?? logRef?.pod;
    const since = instant(record.startTime) ?? created;
    const until = instant(record.completionTime);
    return {
      ...common,
      pods: pod ? [pod] : [],
      isOver: true,
      since,
      until,
      isSplit: record.reason === 'RuntimeCrashed',
    };
  }
  if (isActive(run) && status.attempt === attempt && status.assignedPod) {
    const since = instant(status.scheduledTime) ?? created;
    return { ...common, pods: [status.assignedPod], isOver: false, since, until: undefined };
  }
  // the status lists the last attempts only; earlier ones were most likely on the same Pods
  if (attempt >= 1 && attempt < lastAttempt(run)) {
    return { ...common, pods: podsOf(run), isOver: true, since: created, until: undefined };
  }
  return undefined;
}

/** The number of the last attempt that has, or had, a Pod; 0 where none has. */
export function lastAttempt(run: Run): number {
  const { status = {} } = run;
  const active = isActive(run) && status.assignedPod ? (status.attempt ?? 0) : 0;
  return Math.max(active, ...(status.attempts ?? []).map(({ attempt }) => attempt), 0);
}

function isActive(run: Run): boolean {
  return !isTerminal(run) && phaseOf(run) !== 'Pending';
}

function podsOf({ status }: Run): string[] {
  return [...new Set((status?.attempts ?? []).flatMap(({ pod }) => (pod ? [pod] : [])))];
}

function instant(text: string | null | undefined): number | undefined {
  const ms = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
