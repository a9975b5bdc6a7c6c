import type { Logger } from 'pino';
import { isConflict } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import { Alarms } from './alarms.ts';

/** How a reconcile that did not throw ended: done, or to be looked at again after so many milliseconds. */
export type Outcome = { readonly requeueAfter: number } | undefined;

export interface KeyLoopOptions {
  /** For logs. */
  name: string;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
  /** Brings what `key` names to where it should be; reads all it needs, never learns why it was called. */
  reconcile: (key: string, signal: AbortSignal) => Promise<Outcome>;
  /** Keys worked on at a time; default 4. */
  workers?: number;
  /** Told of each failure. */
  onError?: (key: string, error: unknown) => void;
  random?: () => number;
}

/** Keys to reconcile. One key is never worked on twice at a time, and is worked on once for any number of adds. */
export interface KeyLoop {
  /** Asks for `key` to be reconciled, soon. */
  add(key: string): void;
  /** Asks for it in so many milliseconds, in place of what was asked before. */
  addAfter(key: string, ms: number): void;
  /** Begins to work; before, keys only gather. */
  start(): void;
}

const FIRST_DELAY = 50;
const LONGEST_DELAY = 60_000;

/** A loop over keys with the semantics of client-go's rate limited work queue; ends when the signal aborts. */
export function makeKeyLoop(options: KeyLoopOptions): KeyLoop {
  const { name, clock, log, signal, reconcile, workers = 4, random = Math.random } = options;
  const dirty = new Set<string>();
  const working = new Set<string>();
  const failures = new Map<string, number>();
  const alarms = new Alarms({ clock, signal, onDue: key => add(key) });
  let started = false;

  function add(key: string): void {
    dirty.add(key);
    next();
  }

  function next(): void {
    if (!started || signal.aborted) return;
    for (const key of dirty) {
      if (working.size >= workers) return;
      if (working.has(key)) continue; // it has its turn when the present one is over
      dirty.delete(key);
      working.add(key);
      void work(key);
    }
  }

  async function work(key: string): Promise<void> {
    alarms.delete(key);
    try {
      const outcome = await reconcile(key, signal);
      failures.delete(key);
      if (outcome) alarms.set(key, clock.monotonic() + outcome.requeueAfter);
    } catch (error) {
      if (!signal.aborted) retry(key, error);
    }
    working.delete(key);
    next();
  }

  function retry(key: string, error: unknown): void {
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    const delay = Math.min(FIRST_DELAY * 2 ** (count - 1), LONGEST_DELAY) * (0.5 + random() / 2);
    options.onError?.(key, error);
    // losing against another write is everyday life
    log[isConflict(error) ? 'debug' : 'warn']({ err: error, loop: name, key, delayMs: delay }, 'reconciling failed');
    alarms.set(key, clock.monotonic() + delay);
  }

  return {
    add,
    addAfter: (key, ms) => alarms.set(key, clock.monotonic() + ms),
    start: () => {
      started = true;
      next();
    },
  };
}
