import { constants } from 'node:os';
import type { State } from '../../protocol/index.ts';
import type { LimitReason } from './limits/run-limits.ts';
import { type Exit, exitCodeOf } from './process/program.ts';
import { StartError } from './start-error.ts';

/** Why an execution was ended from outside: a Run reason. */
export type EndReason = 'Cancelled' | 'Timeout' | 'RuntimeCrashed' | LimitReason;

/** What ended it, with what a person may want to know. */
export interface End {
  readonly reason: EndReason;
  readonly message: string;
}

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
  readonly endedBy: End | undefined;
  readonly oomKilled: boolean;
  /** Processes that would not die. */
  readonly left: number;
}

/** What is told where the end itself says no more. */
export const END_MESSAGES = {
  Cancelled: '',
  Timeout: 'the timeout of the request passed',
  RuntimeCrashed: 'the Runtime Server was shut down',
} as const;

/** How an execution ended, with the exit code and signal of its main process whatever the reason. */
export function outcomeOf({ exit, execFailed, endedBy, oomKilled, left }: Ending): Outcome {
  const exitCode = exitCodeOf(exit);
  const died = exit.signal === 'SIGKILL' || exitCode === 137;
  const told: [reason: string, message: string] = endedBy
    ? [endedBy.reason, endedBy.message]
    : execFailed
      ? ['InvalidSource', 'the system could not execute the program; stderr says why']
      : oomKilled && died
        ? ['OutOfMemory', 'the system ran out of memory and killed the program']
        : exit.signal === 'SIGXFSZ' || exitCode === FILE_TOO_LARGE
          ? ['DiskExceeded', 'it wrote a file that is larger than it may be']
          : ['', ''];
  const state = exitCode === 0 && told[0] === '' ? 'succeeded' : 'failed';
  const leftover = left > 0 ? `${left} of its processes could not be killed` : '';
  const errorMessage = [told[1], leftover].filter(Boolean).join('; ');
  return { state, exitCode, signal: exit.signal ?? '', reason: told[0], errorMessage };
}

/** What a shell exits with whose last command was ended by SIGXFSZ. */
const FILE_TOO_LARGE = 128 + constants.signals.SIGXFSZ;

/** The outcome of a program that never started: exit code 126, as shells tell it. */
export function neverStarted(error: unknown): Outcome {
  const [reason, message] =
    error instanceof StartError ? [error.reason, error.message] : ['RuntimeRejected', String(error)];
  return { state: 'failed', exitCode: 126, signal: '', reason, errorMessage: message };
}

/** The outcome of a program that was ended before it started: 143, as if SIGTERM had come at once. */
export function endedEarly({ reason }: End): Outcome {
  return {
    state: 'failed',
    exitCode: 143,
    signal: 'SIGTERM',
    reason,
    errorMessage: 'ended before it started',
  };
}
