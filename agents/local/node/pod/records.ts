import { constants } from 'node:os';
import type { ProcessExit } from '../process/container-process.ts';
import type { StartedProcess } from '../process/sweep.ts';

/** How an instance of a container ended; times in Unix milliseconds. */
export interface Ending {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** What the node knows of a container; plain data, kept in a file across daemons. */
export interface ContainerRecord {
  readonly name: string;
  state: 'waiting' | 'running' | 'ended';
  /** Why it waits. */
  reason: string;
  message: string;
  /** Instances that have been started before the present one. */
  restarts: number;
  startedAt: number;
  /** How the present instance ended. */
  ending?: Ending | undefined;
  /** How the instance before it ended. */
  last?: Ending | undefined;
  /** Milliseconds of the next back-off, and the instant before which it is not started again. */
  backoffMs: number;
  notBefore: number;
  /** Whether the startup probe has passed, and the readiness probe passes. */
  started: boolean;
  ready: boolean;
  /** The processes of the present instance. */
  process?: StartedProcess | undefined;
}

/** The record of a container that was never started. */
export function newRecord(name: string): ContainerRecord {
  return {
    name,
    state: 'waiting',
    reason: 'ContainerCreating',
    message: '',
    restarts: 0,
    startedAt: 0,
    backoffMs: 0,
    notBefore: 0,
    started: false,
    ready: false,
  };
}

const FIRST_BACKOFF = 10_000;
const LONGEST_BACKOFF = 300_000;
/** An instance that went on for so long starts the back-off anew. */
const RESET_AFTER = 600_000;

/** The present instance has ended: the first restart comes at once, then after 10 s, doubling to 5 minutes. */
export function recordEnding(record: ContainerRecord, ending: Ending): void {
  if (ending.finishedAt - ending.startedAt >= RESET_AFTER) record.backoffMs = 0;
  record.notBefore = ending.finishedAt + record.backoffMs;
  record.backoffMs = record.backoffMs === 0 ? FIRST_BACKOFF : Math.min(record.backoffMs * 2, LONGEST_BACKOFF);
  Object.assign(record, { state: 'ended', ending, started: false, ready: false, process: undefined });
}

/** An instance is about to be started: the one before becomes the last. */
export function recordStart(record: ContainerRecord, process: StartedProcess, now: number): void {
  if (record.ending) {
    record.restarts += 1;
    record.last = record.ending;
  }
  const fresh = { state: 'running', ending: undefined, startedAt: now, started: false, ready: false, reason: '' };
  Object.assign(record, { ...fresh, message: '', process });
}

/** How an exit is told: the code, or 128 + N for signal N, as container runtimes do. */
export function endingOf(exit: ProcessExit, startedAt: number, finishedAt: number): Ending {
  if (exit.failure !== undefined)
    return { exitCode: 128, reason: 'StartError', message: exit.failure, startedAt, finishedAt };
  const signal = exit.signal === undefined ? undefined : constants.signals[exit.signal];
  const exitCode = signal === undefined ? (exit.code ?? 0) : 128 + signal;
  return { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt, finishedAt };
}

/** What a container that ran when its daemon was killed counts as. */
export function lostEnding(startedAt: number, finishedAt: number): Ending {
  const message = 'The container was ended because the embedded default was restarted';
  return { exitCode: 137, reason: 'Error', message, startedAt, finishedAt };
}
