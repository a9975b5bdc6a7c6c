import type { Clock } from '../../../crds/client/clock.ts';
import { GROUP } from '../../../crds/v1alpha1/names.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import type { KrtError } from '../../errors.ts';
import { EXIT } from '../../exit-codes.ts';
import type { LogOutput } from '../../terminal/log-output.ts';
import type { Progress } from '../../ui/progress.ts';
import { cancelRun } from '../cancel-run.ts';
import { firstFailure } from '../first-failure.ts';
import type { LogClients } from '../logs/read-deps.ts';
import { attachRun } from '../run/attach-run.ts';
import { onAbort } from '../run/on-abort.ts';
import { submitRun } from '../run/submit-run.ts';

/** On each Run of one `krt map`: they can be listed, and cancelled, together. */
export const LABEL_MAP = `${GROUP}/map`;

/** What mapping needs. */
export interface MapDeps {
  readonly clients: LogClients;
  readonly namespace: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** How many Runs are under way at once, at most. */
  readonly maxParallel: number;
  /** An interrupt cancels all Runs, which are still waited for, and starts no more. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Where the output of the Run about `item` goes; undefined: it is not wanted. */
  readonly outputFor: (item: string) => LogOutput | undefined;
  readonly onEnded: (item: string, run: Run) => Promise<void>;
}

/** An item and its Run: a draft before, and after as it ended; undefined where it was never made. */
export interface Mapped<R extends Run | undefined = Run | undefined> {
  readonly item: string;
  readonly run: R;
}

/** Makes the Run of each draft, so many at a time, and stays with them to their ends, which it gives in the same order. */
export async function mapRuns(drafts: readonly Mapped<Run>[], deps: MapDeps): Promise<Mapped[]> {
  const { signal, progress } = deps;
  const mapping = new Mapping(drafts, deps);
  const unsubscribe = onAbort(signal, () => mapping.interrupt());
  try {
    const workers = Array.from({ length: Math.min(deps.maxParallel, drafts.length) }, () => mapping.work());
    firstFailure(await Promise.allSettled(workers), mapping.signal);
    return mapping.results;
  } finally {
    unsubscribe();
    progress.clear();
  }
}

/** One `krt map` under way. */
class Mapping {
  readonly results: Mapped[];
  readonly #deps: MapDeps;
  readonly #queue: ArrayIterator<[number, Mapped<Run>]>;
  readonly #active = new Set<Run>();
  readonly #stop = new AbortController();
  #isClosed = false;
  #ended = 0;

  constructor(drafts: readonly Mapped<Run>[], deps: MapDeps) {
    this.#deps = deps;
    this.results = drafts.map(({ item }) => ({ item, run: undefined }));
    this.#queue = drafts.entries();
  }

  /** Aborts when nobody is left to show anything to. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Takes drafts, one after another, until there is none or no more is to be started. */
  async work(): Promise<void> {
    try {
      while (!this.#isClosed) {
        const { done, value } = this.#queue.next();
        if (done) return;
        const [i, { item, run }] = value;
        this.results[i] = { item, run: await this.#runOne(item, run) };
      }
    } catch (error) {
      // what fails for one would most likely fail for the others too; those under way are waited for
      this.#isClosed = true;
      throw error;
    }
  }

  /** The user has had enough, or is not there any more. */
  interrupt(): void {
    const { signal, progress } = this.#deps;
    this.#isClosed = true;
    if ((signal.reason as Partial<KrtError>).exitCode !== EXIT.interrupted) {
      this.#stop.abort(signal.reason);
      return;
    }
    progress.note(`cancelling ${this.#active.size} Runs; press Ctrl-C again to leave at once`);
    for (const run of this.#active) void this.#cancel(run);
  }

  async #runOne(item: string, draft: Run): Promise<Run> {
    const { clients, signal, progress, outputFor, onEnded } = this.#deps;
    const made = await submitRun(draft, { ...this.#deps, runs: clients.runs, signal: this.signal });
    this.#active.add(made);
    this.#tell();
    // it was on its way when the user interrupted
    if (signal.aborted) void this.#cancel(made);
    try {
      const run = await attachRun(made, {
        ...this.#deps,
        signal: this.signal,
        // the line at the bottom is about all of them
        progress: { ...progress, isVisible: false, show: () => undefined, clear: () => undefined },
        output: outputFor(item),
        cancelOnInterrupt: false,
        commandFor: (_command, name) => name,
      });
      this.#ended += 1;
      await onEnded(item, run);
      return run;
    } finally {
      this.#active.delete(made);
      this.#tell();
    }
  }

  async #cancel({ metadata: { name = '', namespace } }: Run): Promise<void> {
    const { clients, clock, progress } = this.#deps;
    try {
      await cancelRun(clients.runs, { name, namespace, clock, signal: this.signal });
    } catch (error) {
      progress.note(`Run ${name} could not be cancelled: ${(error as Error).message}`);
    }
  }

  #tell(): void {
    const { progress } = this.#deps;
    progress.show(`${this.#ended} of ${this.results.length} Runs have ended, ${this.#active.size} are under way`);
  }
}
