import { ApiError } from '../../crds/client/api-error.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { Clock } from '../lib/clock.ts';

/** What the fence needs. */
export interface FenceOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds without an answer after which nothing may run here any more. */
  readonly afterMs: number;
  /** Any cheap request to the API server; rejects when there is no answer. */
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
  readonly onFenced: () => void;
}

/**
 * Ends what runs when the API server was out of reach for so long that it may give our Runs away. Hears of every
 * answer through `touch`; asks by itself only when nothing was heard for a quarter of the time.
 */
export class Fence {
  readonly #options: FenceOptions;
  #last: number;
  #fenced = false;

  constructor(options: FenceOptions) {
    this.#options = options;
    this.#last = options.clock.monotonic();
  }

  /** Whether the API server is out of reach for too long. */
  get fenced(): boolean {
    return this.#fenced;
  }

  /** The API server has answered. */
  touch(): void {
    this.#last = this.#options.clock.monotonic();
    this.#fenced = false;
  }

  /** Watches until the signal aborts. */
  async run(): Promise<void> {
    const { clock, signal, afterMs, onFenced } = this.#options;
    const quarter = afterMs / 4;
    while (!signal.aborted) {
      const silent = clock.monotonic() - this.#last;
      if (silent >= quarter) await this.#ask(Math.max(1, afterMs - silent));
      if (!this.#fenced && clock.monotonic() - this.#last >= afterMs) {
        this.#fenced = true;
        onFenced();
      }
      const heard = clock.monotonic() - this.#last < quarter;
      const wait = heard ? this.#last + quarter - clock.monotonic() : quarter / 4;
      await clock.sleep(wait, signal).catch(() => undefined); // aborted: the loop ends
    }
  }

  /** Asks once, for no longer than `patience`. */
  async #ask(patience: number): Promise<void> {
    const { clock, signal, probe, afterMs } = this.#options;
    const stop = new AbortController();
    const over = AbortSignal.any([signal, stop.signal]);
    const tooLong = clock.sleep(Math.min(patience, afterMs / 8), over).catch(() => undefined); // answered in time
    const answer = probe(over).then(
      () => this.touch(),
      () => undefined, // no answer: what that means, the time since the last one tells
    );
    await Promise.race([answer, tooLong]);
    stop.abort();
  }
}

/** `client` with `onAnswer` called at each answer: results, events and bookmarks. */
export function hearAnswers(client: ResourceClient<Run>, onAnswer: () => void): ResourceClient<Run> {
  const heard = <T>(answer: Promise<T>) =>
    answer.then(
      value => {
        onAnswer();
        return value;
      },
      error => {
        // a refusal is an answer; a 5xx may be that of a proxy that does not reach it either
        if (error instanceof ApiError && error.status < 500) onAnswer();
        throw error;
      },
    );
  return {
    kind: client.kind,
    get: (...args) => heard(client.get(...args)),
    list: (...args) => heard(client.list(...args)),
    create: (...args) => heard(client.create(...args)),
    replace: (...args) => heard(client.replace(...args)),
    patch: (...args) => heard(client.patch(...args)),
    delete: (...args) => heard(client.delete(...args)),
    async *watch(...args) {
      for await (const event of client.watch(...args)) {
        onAnswer();
        yield event;
      }
    },
  };
}
