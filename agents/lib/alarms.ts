import type { Clock } from '../../crds/client/clock.ts';
import { SortedQueue } from './sorted-queue.ts';

interface Alarm {
  readonly key: string;
  readonly at: number;
  readonly seq: number;
}

/**
 * Any number of wake-up calls on one timer: at most one per key. `onDue` is called with each key at its instant
 * (by the clock's `monotonic`) or at once where that has passed, never within `set`. Nothing sleeps while no alarm is
 * set, or once `signal` aborts.
 */
export class Alarms {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #onDue: (key: string) => void;
  readonly #byKey = new Map<string, Alarm>();
  readonly #queue = new SortedQueue<Alarm>((a, b) => a.at - b.at || a.seq - b.seq);
  #seq = 0;
  #armed: { at: number; stop: AbortController } | undefined;

  constructor(options: { clock: Clock; signal: AbortSignal; onDue: (key: string) => void }) {
    this.#clock = options.clock;
    this.#signal = options.signal;
    this.#onDue = options.onDue;
  }

  get size(): number {
    return this.#queue.size;
  }

  /** Sets the alarm of `key`, in place of the one it had. */
  set(key: string, at: number): void {
    if (this.#byKey.get(key)?.at === at) return;
    this.#remove(key);
    const alarm = { key, at, seq: this.#seq++ };
    this.#byKey.set(key, alarm);
    this.#queue.add(alarm);
    this.#arm();
  }

  delete(key: string): void {
    this.#remove(key);
    this.#arm();
  }

  #remove(key: string): void {
    const alarm = this.#byKey.get(key);
    if (!alarm) return;
    this.#byKey.delete(key);
    this.#queue.delete(alarm);
  }

  /** Sleeps until the first alarm; a sleep that is too long, or for nothing, is given up. */
  #arm(): void {
    const at = this.#queue.first?.at;
    if (this.#armed?.at === at) return;
    this.#armed?.stop.abort();
    this.#armed = undefined;
    if (at === undefined || this.#signal.aborted) return;
    const stop = new AbortController();
    this.#armed = { at, stop };
    this.#clock.sleep(Math.max(0, at - this.#clock.monotonic()), AbortSignal.any([this.#signal, stop.signal])).then(
      () => this.#ring(),
      () => undefined, // armed anew, or shutting down
    );
  }

  #ring(): void {
    this.#armed = undefined;
    const now = this.#clock.monotonic();
    const due: string[] = [];
    for (const alarm of this.#queue) {
      if (alarm.at > now) break;
      due.push(alarm.key);
    }
    for (const key of due) this.#remove(key);
    for (const key of due) this.#onDue(key);
    this.#arm();
  }
}
