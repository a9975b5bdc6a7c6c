import type { Clock } from '../../../lib/clock.ts';
import { identityOf, markedProcesses } from './proc.ts';

/** An instance of a container that was started, as it is remembered across daemons. */
export interface StartedProcess {
  readonly mark: number;
  /** Id of its main process and of the group that it leads; with what tells it from a later one. */
  readonly pid?: number | undefined;
  readonly identity?: string | undefined;
}

const PAUSE_MS = 20;
/** Beyond this a process hangs in the kernel, where nothing ends it. */
const GIVE_UP_MS = 30_000;

/** Kills everything that is left of `started` and resolves when it has ended; gives how many would not. */
export async function sweep(started: readonly StartedProcess[], clock: Clock): Promise<number> {
  const marks = new Set(started.map(({ mark }) => mark));
  await killGroups(started);
  const giveUp = clock.monotonic() + GIVE_UP_MS;
  // one look around may miss a process that starts while its parent, which is looked at next, ends
  for (let empty = 0; empty < 2; ) {
    const left = markedProcesses(marks);
    for (const pid of left) send(pid, 'SIGKILL');
    empty = left.length === 0 ? empty + 1 : 0;
    if (left.length === 0) continue;
    if (clock.monotonic() > giveUp) return left.length;
    await clock.sleep(PAUSE_MS);
  }
  return 0;
}

/** The groups of main processes that are still the ones that were started: all there is without /proc. */
async function killGroups(started: readonly StartedProcess[]): Promise<void> {
  for (const { pid, identity } of started) {
    if (pid !== undefined && identity !== undefined && (await identityOf(pid)) === identity) send(-pid, 'SIGKILL');
  }
}

/** Sends a signal to a process, or to a group by its negative id; false where there is none. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // ended meanwhile
  }
}
