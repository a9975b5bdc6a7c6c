import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parseMark } from './mark.ts';

const isLinux = read('/proc/self/limits') !== '';

/** Ids of the living processes that carry one of `marks`; none where the system has no /proc. */
export function markedProcesses(marks: ReadonlySet<number>): number[] {
  if (!isLinux || marks.size === 0) return [];
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter(pid => {
    const mark = parseMark(read(`/proc/${pid}/limits`));
    return mark !== undefined && marks.has(mark) && !isZombie(read(`/proc/${pid}/stat`));
  });
}

/**
 * What tells a process from a later one of the same id: its start in clock ticks since the boot, and the boot; where
 * there is no /proc, what `ps` says. Undefined when there is no such process.
 */
export async function identityOf(pid: number): Promise<string | undefined> {
  if (isLinux) {
    const stat = read(`/proc/${pid}/stat`);
    if (stat === '' || isZombie(stat)) return undefined;
    // the 22nd field; the 2nd is in brackets and may hold blanks
    return `${read('/proc/sys/kernel/random/boot_id').trim()}/${afterName(stat)[19]}`;
  }
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined; // ps fails where there is no such process
  }
}

const afterName = (stat: string) => stat.slice(stat.lastIndexOf(')') + 2).split(' ');
const isZombie = (stat: string) => 'ZXx'.includes(afterName(stat)[0] ?? '');

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // ended meanwhile, or another user's
  }
}
