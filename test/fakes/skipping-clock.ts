import { systemClock } from '../../agents/lib/clock.ts';
import type { Clock } from '../../crds/client/clock.ts';

/** The machine's clock, but that a test may skip time: sleeps that are over then end at once. For real processes. */
export class SkippingClock implements Clock {
  #skipped = 0;
  readonly #sleepers = new Set<() => void>();

  now(): number {
    return systemClock.now() + this.#skipped;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#skipped;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const end = this.monotonic() + ms;
    while (this.monotonic() < end) {
      const awake = new AbortController();
      const wake = () => awake.abort();
      this.#sleepers.add(wake);
      const either = signal ? AbortSignal.any([signal, awake.signal]) : awake.signal;
      await systemClock.sleep(end - this.monotonic(), either).catch(() => signal?.throwIfAborted());
      this.#sleepers.delete(wake);
    }
    signal?.throwIfAborted();
  }

  skip(ms: number): void {
    this.#skipped += ms;
    for (const wake of [...this.#sleepers]) wake();
  }
}
