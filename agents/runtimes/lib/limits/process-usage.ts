import { readFileSync } from 'node:fs';

/** What one process uses. */
export interface ProcessUsage {
  readonly threads: number;
  /** Memory that is its own: no files, nothing that it shares by name. */
  readonly bytes: number;
}

const PAGE_BYTES = 4096;

/** What the process `pid` uses; undefined when it is gone. */
export function processUsage(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const statm = readFileSync(`/proc/${pid}/statm`, 'latin1');
    return { threads: parseThreads(stat), bytes: parseOwnBytes(statm) };
  } catch {
    return undefined; // gone since it was listed
  }
}

/**
 * Its part of what it shares with its forks, which counts once that way; undefined where the kernel does not tell it,
 * as of another user's process.
 */
export function proportionalBytes(pid: number): number | undefined {
  try {
    const found = /^Pss_Anon: +(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
    return found ? Number(found[1]) * 1024 : undefined;
  } catch {
    return undefined; // not ours to read, or gone
  }
}

/** The number of threads in the text of /proc/PID/stat, whose command name may hold anything. */
export function parseThreads(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[17]);
}

/** Resident pages but for shared ones, in the text of /proc/PID/statm. */
export function parseOwnBytes(statm: string): number {
  const [, resident = 0, shared = 0] = statm.split(' ').map(Number);
  return Math.max(0, resident - shared) * PAGE_BYTES;
}
