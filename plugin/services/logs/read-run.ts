import { isTerminal, type Run } from '../../../crds/v1alpha1/run.ts';
import type { TrackedRun } from '../track-run.ts';
import { lastAttempt, placeOf } from './attempt-place.ts';
import { AttemptReader, type ReadDeps } from './attempt-reader.ts';
import { LineSequence } from './line-sequence.ts';
import { readEnded } from './read-ended.ts';

/** Output of an attempt that can't be shown any more. */
export interface MissingOutput {
  readonly attempt: number;
  readonly why: string;
}

/** Which attempts of a Run to show; absent: all. */
export interface AttemptRange {
  readonly first?: number | undefined;
  readonly last?: number | undefined;
}

/** Where a Pod went while it was followed, another of its Runtime is most likely on its way. */
const PATIENCE_MS = 60_000;

/** Shows the logs of a Run's attempts, one behind the other; may be asked again and goes on where it was. */
export class RunLogReader {
  readonly #tracked: TrackedRun;
  readonly #deps: ReadDeps;
  readonly #last: number;
  readonly #sequences = new Map<number, LineSequence>();
  #attempt: number;

  constructor(tracked: TrackedRun, deps: ReadDeps, { first = 1, last = Number.POSITIVE_INFINITY }: AttemptRange = {}) {
    this.#tracked = tracked;
    this.#deps = deps;
    this.#attempt = first;
    this.#last = last;
  }

  /** Shows what there is now. */
  async snapshot(): Promise<MissingOutput[]> {
    const missing: MissingOutput[] = [];
    for (; this.#attempt <= Math.min(this.#last, lastAttempt(this.#tracked.latest)); this.#attempt++) {
      const reader = this.#reader(this.#deps);
      const place = reader.place();
      if (place && !place.isOver) {
        await reader.readSoFar(place);
        break; // it goes on: whoever follows does so from here
      }
      await this.#showEnded(reader, missing);
    }
    return missing;
  }

  /** Shows everything, until the Run has ended. */
  async follow(): Promise<MissingOutput[]> {
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#deps.signal, stop.signal]);
    const deps = { ...this.#deps, signal, patienceMs: PATIENCE_MS };
    // without a watch nothing would tell when to stop
    this.#tracked.until(isTerminal).catch(error => stop.abort(error));
    const missing: MissingOutput[] = [];
    while (this.#attempt <= this.#last) {
      const hasPlace = (run: Run) => placeOf(run, this.#attempt) !== undefined;
      // whoever sees an attempt get its Pod is there from its first line on
      const justStarted = !hasPlace(this.#tracked.latest);
      const run = await this.#tracked.until(latest => isTerminal(latest) || hasPlace(latest));
      if (!hasPlace(run)) break;
      const reader = this.#reader(deps);
      await reader.followLive(justStarted);
      // given back before it was started: the same attempt goes to another Pod
      if (!reader.place()) continue;
      await this.#showEnded(reader, missing);
      this.#attempt += 1;
    }
    return missing;
  }

  async #showEnded(reader: AttemptReader, missing: MissingOutput[]): Promise<void> {
    const place = reader.place();
    if (!place) return;
    const why = await readEnded(reader, place, this.#sequence(), this.#deps.clock);
    if (why !== undefined) missing.push({ attempt: this.#attempt, why });
  }

  #reader(deps: ReadDeps): AttemptReader {
    return new AttemptReader(this.#tracked, this.#attempt, this.#sequence(), deps);
  }

  /** How far the present attempt is shown. */
  #sequence(): LineSequence {
    const known = this.#sequences.get(this.#attempt) ?? new LineSequence();
    this.#sequences.set(this.#attempt, known);
    return known;
  }
}
