import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from '../../../lib/clock.ts';
import type { SlotUser } from './users.ts';

/** The longest time that ending what was killed may take: beyond it, it hangs in the kernel. */
const LONGEST_DEATH_MS = 30_000;

/** Kills every process of the user until a look around finds none; gives how many would not die. */
export async function killProcessesOf({ uid }: SlotUser, clock: Clock): Promise<number> {
  const giveUp = clock.monotonic() + LONGEST_DEATH_MS;
  for (let pause = 1; ; pause = Math.min(pause * 2, 100)) {
    const left = readdirSync('/proc').filter(name => /^\d+$/.test(name) && livesAs(name, uid));
    for (const pid of left) kill(Number(pid));
    if (left.length === 0 || clock.monotonic() > giveUp) return left.length;
    await clock.sleep(pause);
  }
}

function livesAs(pid: string, uid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return new RegExp(`^Uid:\t${uid}\t`, 'm').test(status) && !/^State:\t[ZX]/m.test(status);
  } catch {
    return false; // gone since it was listed
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended meanwhile
  }
}
