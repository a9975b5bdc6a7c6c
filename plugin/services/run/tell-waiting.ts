import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import { phaseOf, type Run } from '../../../crds/v1alpha1/run.ts';
import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import { sanitise } from '../../terminal/sanitise.ts';
import type { Progress } from '../../ui/progress.ts';
import { hopelessText, waitingText } from '../../ui/waiting-text.ts';
import type { TrackedRun } from '../track-run.ts';
import { nearRuntime } from './near-runtime.ts';
import { type QueueDeps, type WatchedQueue, watchQueue } from './watch-queue.ts';

/** What telling needs. */
export interface TellDeps extends QueueDeps {
  readonly progress: Progress;
  /** To tell which there are where the Run's own is missing. */
  readonly runtimes?: ResourceClient<Runtime> | undefined;
  /** Whether the program's output, which may be on the same terminal, has ended its line. */
  readonly atLineStart: () => boolean;
}

/** Most Runs are over before there is anything to tell. */
const QUIET_MS = 500;
const REDRAW_MS = 1_000;
/** Whoever waits for longer wants to know for what; before, it is not worth a watch. */
const PATIENT_MS = 2_000;

/** Tells why a Run does not run yet, for as long as it does not; to be told of output, which ends that line. */
export class WaitingTeller {
  readonly #tracked: TrackedRun;
  readonly #deps: TellDeps;
  #phase: string;
  #since: number;
  #hasOutput = false;
  #toldHopeless: string | undefined;
  #queue: WatchedQueue | undefined;

  constructor(tracked: TrackedRun, deps: TellDeps) {
    this.#tracked = tracked;
    this.#deps = deps;
    this.#phase = phaseOf(tracked.latest);
    this.#since = deps.clock.now();
  }

  /** Tells until the signal aborts; resolves then. */
  async run(): Promise<void> {
    const { clock, signal, progress } = this.#deps;
    const unsubscribe = this.#tracked.onChange(() => this.#look());
    try {
      await clock.sleep(QUIET_MS, signal);
      for (;;) {
        this.#draw();
        await clock.sleep(REDRAW_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      unsubscribe();
      progress.clear();
    }
  }

  /** The program's output is about to be written. */
  output(): void {
    if (this.#hasOutput) return;
    this.#hasOutput = true;
    this.#deps.progress.clear();
  }

  #look(): void {
    const phase = phaseOf(this.#tracked.latest);
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#since = this.#deps.clock.now();
    this.#queue?.stop();
    this.#queue = undefined;
    // another attempt is ahead, and the output of the last is all there
    if (phase === 'Pending') this.#hasOutput = false;
    if (waitingText(this.#tracked.latest, 0) === undefined) this.#deps.progress.clear();
  }

  #draw(): void {
    const { progress, clock, atLineStart } = this.#deps;
    const run = this.#tracked.latest;
    const waited = clock.now() - this.#since;
    const text = waitingText(run, waited, this.#queue?.placeOf(run));
    if (text === undefined || this.#hasOutput || waited < QUIET_MS) return;
    this.#tellHopeless(run);
    if (progress.isVisible) {
      if (waited >= PATIENT_MS) this.#queue ??= watchQueue(run, this.#deps);
      if (atLineStart()) progress.show(text);
    }
  }

  /** Where nobody sees the line, a log of a script should tell what it hangs on; and anybody what to do about it. */
  #tellHopeless(run: Run): void {
    const { progress, runtimes, signal } = this.#deps;
    const hopeless = hopelessText(run);
    if (hopeless === undefined || hopeless === this.#toldHopeless) return;
    this.#toldHopeless = hopeless;
    const tell = (advice: string | undefined) => {
      if (signal.aborted || (progress.isVisible && advice === undefined)) return;
      progress.note(
        `Run ${run.metadata.name} waits: ${hopeless}${advice === undefined ? '' : `; ${sanitise(advice)}`}`,
      );
    };
    if (runtimes) void nearRuntime(run, runtimes, signal).then(tell);
    else tell(undefined);
  }
}
