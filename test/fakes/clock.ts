import type { Clock } from '../../crds/client/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that moves only when a test says so; `advance` wakes sleepers in order of their instants, `jump` none. */
export class FakeClock implements Clock {
  #now: number;
  /** Not the other's number, so that a mix-up of the two shows. */
  #monotonic = 5000;
  #sleepers: Sleeper[] = [];

  constructor(now = Date.parse('2026-01-01T00:00:00Z')) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Somebody sets the wall clock. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** How many sleeps are under way: a stray one after a test is a leak. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter(other => other !== sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const sleeper = { at: this.#monotonic + ms, wake };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  /** Moves time on by `ms`, waking each sleeper at its own instant and letting its continuations run. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    for (;;) {
      await settle();
      const next = this.#sleepers.filter(s => s.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#moveTo(next.at);
      this.#sleepers = this.#sleepers.filter(s => s !== next);
      next.wake();
    }
    this.#moveTo(end);
    await settle();
  }

  #moveTo(monotonic: number): void {
    this.#now += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }
}

/** Lets all promise continuations that are ready run, by going once around the event loop. */
export function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
