import type { Clock } from '../../../lib/clock.ts';

/** The longest time that ending what was killed may take: beyond it, it hangs in the kernel. */
const LONGEST_DEATH_MS = 30_000;

/** Looks around in a row that find none, while processes of whom nobody knows come and go, until that is believed. */
const LOOKS_IN_DOUBT = 50;
/** Milliseconds between two of them. */
const DOUBT_MS = 2;

/** What a look around came to, in which all that was found was killed. */
export interface Look {
  /** How many were found alive. */
  readonly left: number;
  /** Whether none can have been missed. */
  readonly isSure: boolean;
}

/** Kills again and again, until looks around find none; gives how many could not be killed. */
export async function killUntilGone(killOnce: () => Look, clock: Clock): Promise<number> {
  const giveUp = clock.monotonic() + LONGEST_DEATH_MS;
  let doubts = 0;
  for (let pause = 1; ; ) {
    const { left, isSure } = killOnce();
    if (left === 0 && (isSure || ++doubts >= LOOKS_IN_DOUBT)) return 0;
    if (clock.monotonic() > giveUp) return left;
    if (left > 0) doubts = 0;
    await clock.sleep(left > 0 ? pause : DOUBT_MS);
    if (left > 0) pause = Math.min(pause * 2, 100);
  }
}
