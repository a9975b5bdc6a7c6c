import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from '../../../lib/clock.ts';
import { killUntilGone } from '../process/kill-until-gone.ts';
import type { SlotUser } from './users.ts';

/** Kills every process of the user until a look around finds none; gives how many would not die. */
export function killProcessesOf({ uid }: SlotUser, clock: Clock): Promise<number> {
  return killUntilGone(() => {
    const found = readdirSync('/proc').filter(name => /^\d+$/.test(name) && livesAs(name, uid));
    for (const pid of found) kill(Number(pid));
    return { left: found.length, isSure: true };
  }, clock);
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
