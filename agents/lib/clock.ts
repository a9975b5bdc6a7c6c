import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../crds/client/clock.ts';

export type { Clock } from '../../crds/client/clock.ts';

/** The longest delay one Node timer takes: 2^31 - 1 ms, about 24.8 days; longer sleeps are chained. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's clocks; `sleep` rejects with the signal's reason when the signal aborts. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    for (let left = ms; ; left -= LONGEST_TIMER) {
      await delay(Math.max(0, Math.min(left, LONGEST_TIMER)), undefined, signal ? { signal } : {});
      if (left <= LONGEST_TIMER) return;
    }
  },
};
