import { randomInt } from 'node:crypto';

/**
 * What marks all processes of one instance of a container: a value of RLIMIT_RSS, a limit without any effect since
 * Linux 2.4.30, which every descendant inherits and only root can raise: it survives setsid, double forks and an
 * emptied environment. (Runtime Servers mark the programs of Runs by another such limit, RLIMIT_LOCKS.)
 * In KiB, as `ulimit -m` takes it; drawn at random, so that no two ever meet.
 */
export function makeMark(): number {
  // large enough that no limit that somebody really meant is taken for one
  return randomInt(2 ** 40, 2 ** 42);
}

/** Takes on the mark `$1` and becomes the rest of its arguments; without such a limit it goes unmarked. */
const MARKING_SHELL = `ulimit -m "$1" 2>/dev/null; shift; exec "$@"`;

/** What to start in the place of `argv` for it, and all that comes of it, to bear the mark. */
export function marked(mark: number, argv: readonly string[]): [file: string, args: string[]] {
  return ['/bin/sh', ['-c', MARKING_SHELL, 'krt-container', String(mark), ...argv]];
}

/** The mark in the text of /proc/PID/limits; undefined where there is none. */
export function parseMark(limits: string): number | undefined {
  const bytes = /^Max resident set +\S+ +(\d+) /m.exec(limits)?.[1];
  return bytes === undefined ? undefined : Number(bytes) / 1024;
}
