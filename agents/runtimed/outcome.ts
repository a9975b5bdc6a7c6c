import { REASONS, type RunReason } from '../../crds/v1alpha1/reasons.ts';
import type { ExecutionStatus } from '../protocol/index.ts';
import type { StopCause } from './attempt.ts';

/** Why an attempt ended, as far as a person is told. */
export interface Outcome {
  readonly reason: RunReason;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly message?: string;
}

/** Causes of a stop that a status can tell. */
export type ToldCause = Exclude<StopCause, 'Gone'>;

/**
 * How an execution ended. `cause`: why we asked it to end, if we did; what came first counts. A program that ended by
 * itself before the request reached it has its own outcome: always when it succeeded, and also when it failed where
 * the Runtime Server tells the two apart, as krt's own does.
 */
export function outcomeOf(final: ExecutionStatus, cause: ToldCause | undefined, timeout: string | undefined): Outcome {
  const { state, exitCode, signal, errorMessage } = final;
  const reason = reasonOf(final, cause);
  const ended = { ...(signal ? { exitCode, signal } : { exitCode }) };
  if (state === 'succeeded' && reason === 'Completed') return { reason, exitCode };
  const message = [messageOf(reason, final, timeout), errorMessage].filter(Boolean).join(': ');
  // what never became a process has no exit code of its own
  const started = !['InvalidSource', 'RuntimeRejected'].includes(reason) || final.startedAt > 0;
  return { reason, ...(started && ended), message };
}

/** The outcome of an attempt that was stopped before its program started. */
export function neverStarted(cause: ToldCause, timeout: string | undefined): Outcome {
  if (cause === 'Timeout')
    return { reason: cause, message: `the timeout of ${timeout} passed before the program started` };
  return { reason: cause, message: `${stopped(cause, timeout)} before the program started` };
}

/** The outcome of an execution that the Runtime Server no longer knows; `cause` as for `outcomeOf`. */
export function lost(cause: ToldCause | undefined, timeout: string | undefined): Outcome {
  if (cause) return { reason: cause, message: stopped(cause, timeout) };
  return { reason: 'RuntimeCrashed', message: 'the Runtime Server was restarted while the program ran' };
}

/** What is wrong with the results that a program left. */
export interface ResultProblem {
  readonly problem?: { readonly reason: RunReason; readonly message: string };
}

/** Adds what is wrong with the results: it makes an attempt fail that succeeded otherwise. */
export function withProblem(outcome: Outcome, { problem }: ResultProblem): Outcome {
  if (!problem) return outcome;
  if (outcome.reason === 'Completed') return { ...outcome, reason: problem.reason, message: problem.message };
  return { ...outcome, message: [outcome.message, problem.message].filter(Boolean).join('; ') };
}

function reasonOf(
  { state, exitCode, signal, reason, finishedAt }: ExecutionStatus,
  cause: ToldCause | undefined,
): RunReason {
  if (state === 'succeeded') return 'Completed';
  if (reason === 'Cancelled') return cause ?? 'Cancelled';
  // a server that shuts down together with this Pod tells what it sees from where it stands
  if (reason === 'RuntimeCrashed' && cause === 'Draining') return 'Draining';
  if (reason in REASONS && reason !== '') return reason as RunReason;
  const serverTells = finishedAt > 0;
  if (cause && !serverTells) return cause;
  if (signal) return 'Signal';
  return exitCode === 0 ? 'RuntimeRejected' : 'ExitCode';
}

function messageOf(reason: RunReason, final: ExecutionStatus, timeout: string | undefined): string {
  switch (reason) {
    case 'ExitCode':
      return `exit code ${final.exitCode}`;
    case 'Signal':
      return `the program was killed by ${final.signal}`;
    case 'OutOfMemory':
      return '';
    case 'Timeout':
    case 'Cancelled':
    case 'Draining':
    case 'PodLost':
      return stopped(reason, timeout);
    default:
      return final.errorMessage ? '' : REASONS[reason].meaning;
  }
}

function stopped(cause: ToldCause, timeout: string | undefined): string {
  switch (cause) {
    case 'Cancelled':
      return 'cancelled on request';
    case 'Timeout':
      return timeout ? `ended after its timeout of ${timeout}` : 'ended after its timeout';
    case 'Draining':
      return 'ended because its Runtime Pod was stopped';
    case 'PodLost':
      return 'ended because its Runtime Pod could not reach the API server for too long';
  }
}
