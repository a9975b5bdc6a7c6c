import { createHash } from 'node:crypto';
import { chmodSync, chownSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A user of the system that one execution has for itself; its group has the same number. */
export interface SlotUser {
  readonly uid: number;
}

/** Users for executions, one each while it lasts. */
export class Users {
  readonly #first: number;
  readonly #taken = new Set<number>();
  #next = 0;

  /** `first`: the user of the first slot; see firstUid. */
  constructor(first: number) {
    this.#first = first;
  }

  /** Takes the one that was free for longest: the dead of its last execution count as its processes until init reaps them. */
  take(): SlotUser {
    if (this.#taken.size >= MOST_SLOTS) throw new Error('every user of a slot is taken');
    let uid: number;
    do uid = this.#first + (this.#next++ % MOST_SLOTS);
    while (this.#taken.has(uid));
    this.#taken.add(uid);
    return { uid };
  }

  /** Gives one back, when nothing of it is left. */
  give({ uid }: SlotUser): void {
    this.#taken.delete(uid);
  }

  /** Whether the user with this number is one of a slot. */
  owns(uid: number): boolean {
    return uid >= this.#first && uid < this.#first + MOST_SLOTS;
  }
}

const MOST_SLOTS = 1000;

/**
 * The first user of a server's slots. Pods on one node are kept apart, as the kernel counts the processes of a user
 * over all of them: each has a range of its own, by `identity`. In a user namespace only small numbers exist, and it
 * keeps Pods apart itself.
 */
export function firstUid(identity: string, uidMap: string): number {
  const inside = uidMap
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line.trim().split(/ +/)[2]), 0);
  if (inside < 2 ** 31) return 61_200;
  return 1_000_000_000 + (createHash('sha256').update(identity).digest().readUInt32BE(0) % 1_000_000) * MOST_SLOTS;
}

/** What keeps this process from giving executions users of their own; undefined where it can. */
export function cannotSwitch(status: string): string | undefined {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const missing = Object.entries(NEEDED).filter(([, bit]) => !(effective & (1n << BigInt(bit))));
  if (missing.length === 0) return undefined;
  return `it may not switch users: without ${missing.map(([name]) => `CAP_${name}`).join(', ')}`;
}

const NEEDED = { CHOWN: 0, DAC_OVERRIDE: 1, KILL: 5, SETGID: 6, SETUID: 7 } as const;

/** The users of a server that calls itself `identity`; throws an Error that says why it can't have them. */
export function openUsers(identity: string, workspaceDir: string): Users {
  const cannot = cannotSwitch(readFileSync('/proc/self/status', 'latin1'));
  if (cannot) throw new Error(cannot);
  requirePassage(workspaceDir);
  closeToOthers(workspaceDir);
  return new Users(firstUid(identity, readFileSync('/proc/self/uid_map', 'latin1')));
}

/** Throws where another user can't come to `dir`, as below somebody's home. */
function requirePassage(dir: string): void {
  for (let parent = dirname(dir); parent !== dirname(parent); parent = dirname(parent)) {
    if (!(statSync(parent).mode & 0o001)) throw new Error(`programs with users of their own can't pass ${parent}`);
  }
}

/** Programs may pass through the volume to their own files, and neither list nor write it; its group may, which runtimed is in. */
function closeToOthers(dir: string): void {
  const { gid } = statSync(dir);
  chownSync(dir, process.getuid!(), gid);
  chmodSync(dir, 0o771);
}
