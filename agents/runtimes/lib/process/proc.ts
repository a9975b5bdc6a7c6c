import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

/** What containment reads of the machine's processes; on Linux it's /proc. */
export interface ProcReader {
  /** Ids of all processes that can be seen. */
  pids(): number[];
  /** Whether there is a process of this id, be it a zombie. */
  exists(pid: number): boolean;
  /** The RLIMIT_LOCKS (hard) of a process, undefined when it has none or is gone. */
  lockLimit(pid: number): string | undefined;
  /** The process group of a living process, undefined when it's gone or a zombie. */
  group(pid: number): number | undefined;
  /** The last id given out, and how many processes and threads the machine has started; undefined if not told. */
  forks(): ForkCount | undefined;
}

/** A point in the machine's sequence of process ids. */
export interface ForkCount {
  readonly lastPid: number;
  readonly total: number;
  readonly pidMax: number;
}

const buffer = Buffer.alloc(4096);

/** The reader of this machine's /proc, undefined where there is none. */
export function linuxProc(): ProcReader | undefined {
  if (readText('/proc/self/limits') === undefined) return undefined;
  const pidMax = Number(readText('/proc/sys/kernel/pid_max') ?? 32_768);
  return {
    pids: () => readdirSync('/proc').map(Number).filter(Number.isInteger),
    exists: pid => existsSync(`/proc/${pid}`),
    lockLimit: pid => parseLockLimit(readText(`/proc/${pid}/limits`) ?? ''),
    group: pid => parseGroup(readText(`/proc/${pid}/stat`) ?? ''),
    forks: () => {
      const lastPid = Number(readText('/proc/loadavg')?.trim().split(' ').at(-1));
      // Longer than the buffer on machines with many interrupts, so read whole.
      const total = Number(/^processes (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]);
      return lastPid > 0 && total > 0 ? { lastPid, total, pidMax } : undefined;
    },
  };
}

/** The digits of the hard RLIMIT_LOCKS in the text of /proc/PID/limits; undefined for `unlimited`. */
export function parseLockLimit(limits: string): string | undefined {
  return /^Max file locks +\S+ +(\d+) /m.exec(limits)?.[1];
}

/**
 * The process group in the text of /proc/PID/stat, whose command name may hold blanks, brackets and newlines;
 * undefined for the dead: a zombie keeps its limits until its parent asks for it, which some never do.
 */
export function parseGroup(stat: string): number | undefined {
  const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group && !'ZXx'.includes(state) ? Number(group) : undefined;
}

function readText(path: string): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    return buffer.toString('latin1', 0, readSync(fd, buffer));
  } catch {
    return undefined; // gone since it was listed, or another user's
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
