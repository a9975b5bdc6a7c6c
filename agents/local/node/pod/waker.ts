import type { Clock } from '../../../lib/clock.ts';

/** Lets one loop wait until it is called, or until an instant; a call while nobody waits is not lost. */
export class Waker {
  readonly #clock: Clock;
  #called = false;
  #resolve = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  call(): void {
    this.#called = true;
    this.#resolve();
  }

  /** Resolves at the next call, or at `until` (Unix milliseconds) where that is given. */
  async wait(until?: number): Promise<void> {
    if (!this.#called) {
      const over = new AbortController();
      const called = new Promise<void>(resolve => {
        this.#resolve = resolve;
      });
      const timer =
        until === undefined
          ? []
          : [this.#clock.sleep(Math.max(0, until - this.#clock.now()), over.signal).catch(() => undefined)]; // called
      await Promise.race([called, ...timer]);
      over.abort();
    }
    this.#called = false;
  }
}
