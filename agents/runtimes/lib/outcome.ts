import type { State } from '../../protocol/index.ts';
import { type Exit, exitCodeOf } from './process/program.ts';
import { StartError } from './start-error.ts';

/** Why an execution was ended from outside: a Run reason. */
export type EndReason = 'Cancelled' | 'Timeout' | 'RuntimeCrashed';

/** The part of a status that the end of an execution decides. */
export interface Outcome {
  readonly state: State;
  readonly exitCode: number;
  readonly signal: string;
  readonly reason: string;
  readonly errorMessage: string;
}

/** What is known when the main process has ended and its last output was read. */
export interface Ending {
  readonly exit: Exit;
  /** The prelude could not become the program. */
  readonly execFailed: boolean;
  readonly endedBy: EndReason | undefined;
  readonly oomKilled: boolean;
  /** Processes that would not die. */
  readonly left: number;
}

const MESSAGES: Readonly<Record<EndReason, string>> = {
  Cancelled: '',
  Timeout: 'the timeout of the request passed',
  RuntimeCrashed: 'the Runtime Server was shut down',
};

/** How an execution ended, with the exit code and signal of its main process whatever the reason. */
export function outcomeOf({ exit, execFailed, endedBy, oomKilled, left }: Ending): Outcome {
  const exitCode = exitCodeOf(exit);
  const died = exit.signal === 'SIGKILL' || exitCode === 137;
  const told: [reason: string, message: string] = endedBy
    ? [endedBy, MESSAGES[endedBy]]
    : execFailed
      ? ['InvalidSource', 'the system could not execute the program; stderr says why']
      : oomKilled && died
        ? ['OutOfMemory', 'the system ran out of memory and killed the program']
        : ['', ''];
  const state = exitCode === 0 && told[0] === '' ? 'succeeded' : 'failed';
  const leftover = left > 0 ? `${left} of its processes could not be killed` : '';
  const errorMessage = [told[1], leftover].filter(Boolean).join('; ');
  return { state, exitCode, signal: exit.signal ?? '', reason: told[0], errorMessage };
}

/** The outcome of a program that never started: exit code 126, as shells tell it. */
export function neverStarted(error: unknown): Outcome {
  const [reason, message] =
    error instanceof StartError ? [error.reason, error.message] : ['RuntimeRejected', String(error)];
  return { state: 'failed', exitCode: 126, signal: '', reason, errorMessage: message };
}

/** The outcome of a program that was ended before it started: 143, as if SIGTERM had come at once. */
export function endedEarly(endedBy: EndReason): Outcome {
  return {
    state: 'failed',
    exitCode: 143,
    signal: 'SIGTERM',
    reason: endedBy,
    errorMessage: 'ended before it started',
  };
}
