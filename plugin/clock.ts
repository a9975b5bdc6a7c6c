import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../crds/client/clock.ts';

export type { Clock } from '../crds/client/clock.ts';

/** The machine's clocks; `sleep` rejects with the signal's reason and keeps no process alive after its abort. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(Math.min(Math.max(0, ms), 2 ** 31 - 1), undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
