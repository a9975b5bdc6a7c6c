import { isGone, isTransient } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import { reflect } from '../../crds/client/reflector.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import { isTerminal, type Run } from '../../crds/v1alpha1/run.ts';

/** What following a Run needs. */
export interface TrackDeps {
  readonly runs: ResourceClient<Run>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of each failure to reach the API server, and for how many milliseconds they have lasted. */
  readonly onTrouble?: ((error: unknown, lastedMs: number) => void) | undefined;
  /** Goes on behind the end of the Run, until it is deleted. */
  readonly pastEnd?: boolean;
}

/** How long the API server may be away before it is given up. */
const PATIENCE_MS = 5 * 60_000;
/** Failures further apart than this are not of one outage: a watch that is quiet for long tells nothing of its health. */
const APART_MS = 60_000;

/** One Run, kept up to date by a watch that begins at the copy it was made from. */
export interface TrackedRun {
  /** The newest copy. */
  readonly latest: Run;
  /** Whether it was deleted, or another took its name. */
  readonly isGone: boolean;
  /** Resolves once `test` holds, is asked anew after each change, and once the Run is gone. Throws what ends the watch. */
  until(test: (run: Run) => boolean): Promise<Run>;
  /** Resolves with the last copy once the Run has ended or is gone. */
  readonly ended: Promise<Run>;
  /** Calls `tell` at each change until the returned function is called. */
  onChange(tell: () => void): () => void;
  /** Ends the watch. */
  stop(): void;
}

/** `run` as it is, for whoever needs no news of it. */
export function asItIs(run: Run): TrackedRun {
  return new Tracker(run, new AbortController());
}

/** Follows `run` to its end; to be stopped when it is no longer looked at. */
export function trackRun(run: Run, deps: TrackDeps): TrackedRun {
  const stop = new AbortController();
  const tracker = new Tracker(run, stop);
  if (isTerminal(run) && !deps.pastEnd) return tracker;
  tracker.follow({ ...deps, signal: AbortSignal.any([deps.signal, stop.signal]) }).catch(error => tracker.fail(error));
  return tracker;
}

class Tracker implements TrackedRun {
  latest: Run;
  isGone = false;
  readonly ended: Promise<Run>;
  readonly #stop: AbortController;
  readonly #listeners = new Set<() => void>();
  #failure: { error: unknown } | undefined;

  constructor(run: Run, stop: AbortController) {
    this.latest = run;
    this.#stop = stop;
    this.ended = this.until(isTerminal);
    this.ended.catch(() => undefined); // told to whoever awaits it
  }

  stop(): void {
    this.#stop.abort();
  }

  onChange(tell: () => void): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }

  until(test: (run: Run) => boolean): Promise<Run> {
    return new Promise((resolve, reject) => {
      const ask = () => {
        if (this.#failure) reject(this.#failure.error);
        else if (this.isGone || test(this.latest)) resolve(this.latest);
        else return;
        this.#listeners.delete(ask);
      };
      this.#listeners.add(ask);
      ask();
    });
  }

  async follow({ runs, clock, signal, onTrouble, pastEnd }: TrackDeps): Promise<void> {
    const { name, namespace, uid, resourceVersion } = this.latest.metadata;
    const outage = new Outage(clock);
    const isFatal = (error: unknown) => {
      if (isGone(error)) return false;
      if (!isTransient(error)) return true;
      const lasted = outage.note();
      onTrouble?.(error, lasted);
      return lasted >= PATIENCE_MS;
    };
    const fieldSelector = `metadata.name=${name}`;
    for await (const event of reflect({
      client: runs,
      clock,
      signal,
      namespace,
      fieldSelector,
      resourceVersion,
      isFatal,
    })) {
      const found =
        event.type === 'replaced' ? event.objects.find(object => object.metadata.name === name) : event.object;
      if (event.type !== 'deleted' && found?.metadata.uid === uid) this.latest = found!;
      else if (event.type !== 'deleted' || found?.metadata.uid === uid) this.isGone = true;
      this.#tell();
      if (this.isGone || (isTerminal(this.latest) && !pastEnd)) return;
    }
    signal.throwIfAborted();
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.#tell();
  }

  #tell(): void {
    for (const tell of [...this.#listeners]) tell();
  }
}

/** How long the API server has failed without a pause. */
class Outage {
  readonly #clock: Clock;
  #since = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes a failure and tells for how many milliseconds they have lasted. */
  note(): number {
    const now = this.#clock.now();
    if (now - this.#last > APART_MS) this.#since = now;
    this.#last = now;
    return now - this.#since;
  }
}
