import type { Clock } from '../../../crds/client/clock.ts';

/** Calls `onIdle` once nothing has happened for `ms` after `start`; time that the reader takes to read does not count. */
export class Idle {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #onIdle: () => void;
  readonly #stopped = new AbortController();
  #started = false;
  #busy = 0;
  #touched = false;

  constructor(clock: Clock, ms: number, onIdle: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#onIdle = onIdle;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#watch().catch(() => undefined); // stopped
  }

  /** Something happened. */
  touch(): void {
    this.#touched = true;
  }

  /** What `work` takes is not idleness. */
  async during(work: Promise<void>): Promise<void> {
    this.#busy += 1;
    await work;
    this.#busy -= 1;
    this.touch();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #watch(): Promise<void> {
    do {
      this.#touched = false;
      await this.#clock.sleep(this.#ms, this.#stopped.signal);
    } while (this.#touched || this.#busy > 0);
    this.#onIdle();
  }
}
