import { type ContainerRecord, type Ending, newRecord } from '../../../../../agents/local/node/pod/records.ts';

type More = Partial<ContainerRecord>;

/** How a container ended that ran for a second from the year 2026 on, with exit code 0 unless told. */
export function ending(more: Partial<Ending> = {}): Ending {
  const startedAt = Date.parse('2026-01-01T00:00:00Z');
  const { exitCode = 0 } = more;
  return { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt, finishedAt: startedAt + 1000, ...more };
}

/** A container that has never run. */
export const waiting = (name: string, more: More = {}): ContainerRecord => ({ ...newRecord(name), ...more });

/** A container that runs, and is ready. */
export const running = (name: string, more: More = {}): ContainerRecord =>
  waiting(name, { state: 'running', reason: '', startedAt: ending().startedAt, started: true, ready: true, ...more });

/** A container that has ended with exit code 0. */
export const succeeded = (name: string, more: More = {}): ContainerRecord =>
  waiting(name, { state: 'ended', ending: ending(), ...more });

/** A container that has ended with exit code 1. */
export const failed = (name: string, more: More = {}): ContainerRecord =>
  waiting(name, { state: 'ended', ending: ending({ exitCode: 1 }), ...more });
