import { ConnectionError } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import type { PodLogOptions } from '../../../crds/client/pod-log.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import { secondTime } from '../../../crds/v1alpha1/time.ts';
import type { TrackedRun } from '../track-run.ts';
import { type AttemptPlace, placeOf } from './attempt-place.ts';
import { Idle } from './idle.ts';
import type { LineSequence } from './line-sequence.ts';
import { type Emit, type OpenLog, type ReadEnd, readOnce } from './read-once.ts';

/** Opens an archived log: the lines of one attempt. */
export type OpenArchive = (
  run: Run,
  location: string,
  how: { readonly signal: AbortSignal; readonly patienceMs: number },
) => AsyncIterable<Uint8Array>;

/** What reading logs needs. */
export interface ReadDeps {
  readonly open: OpenLog;
  readonly archive: OpenArchive;
  /** How long a Pod to read the archive through is waited for, in milliseconds; default not at all. */
  readonly patienceMs?: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** The part of the log subresource's options that differs from one read to the next. */
export type Query = Pick<PodLogOptions, 'follow' | 'previous' | 'sinceTime' | 'tailLines'>;

/** How far the clocks of a cluster's machines may be apart before a second, longer read is needed. */
const SKEW_MS = 10_000;
/** What a Pod writes this long behind the end of a program is no more its output: a flood's end takes a while. */
const TRAILING_MS = 60_000;
/** How long the last lines may take from runtimed to the Pod's log. */
const GRACE_MS = 2_000;
/** Lines that a busy Pod may write between the start of an attempt and our first look at its log. */
const JUST_STARTED_LINES = 2_000;
const TRIES = 5;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Reads the Pod logs that one attempt of a Run may be in; what it has shown, it never shows again. */
export class AttemptReader {
  readonly #tracked: TrackedRun;
  readonly #attempt: number;
  readonly #sequence: LineSequence;
  readonly #deps: ReadDeps;
  #bytes = 0;
  #known: { run: Run; isGone: boolean; place: AttemptPlace | undefined } | undefined;

  constructor(tracked: TrackedRun, attempt: number, sequence: LineSequence, deps: ReadDeps) {
    this.#tracked = tracked;
    this.#attempt = attempt;
    this.#sequence = sequence;
    this.#deps = deps;
  }

  /** Whether everything of the attempt is shown. */
  get isComplete(): boolean {
    return this.#sequence.isComplete(this.place()?.lines);
  }

  /** Where the attempt is by the newest copy of the Run; a Run that was deleted has no attempt that goes on. */
  place(): AttemptPlace | undefined {
    const { latest, isGone } = this.#tracked;
    // asked for each line of a log
    if (this.#known?.run !== latest || this.#known.isGone !== isGone) {
      const place = placeOf(latest, this.#attempt);
      this.#known = { run: latest, isGone, place: place && isGone ? { ...place, isOver: true } : place };
    }
    return this.#known.place;
  }

  /**
   * Follows the attempt while its program runs, over connections that break, until it is over or has no Pod.
   * `justStarted`: its lines are the last of the Pod's log, so that the rest of a long log need not be looked through.
   */
  async followLive(justStarted: boolean): Promise<void> {
    let delay = 0;
    let hint: Query = justStarted ? { tailLines: JUST_STARTED_LINES } : {};
    for (let place = this.#livePlace(); place; place = this.#livePlace()) {
      const before = this.#bytes;
      const { end } = await this.follow(place, hint);
      hint = {};
      if (end === 'gap') await this.readSoFar(place);
      if (!this.#livePlace()) return;
      delay = this.#bytes > before ? FIRST_DELAY_MS : Math.min(Math.max(delay * 2, FIRST_DELAY_MS), LONGEST_DELAY_MS);
      await this.#sleepUnlessOver(delay);
    }
  }

  /** Shows what there is now. What is missing in it was written before the time that is asked for, or is lost for good. */
  async readSoFar(place: AttemptPlace): Promise<void> {
    const { end } = await this.readPatiently(place, { sinceTime: this.sinceTime(place) }, false);
    if (end === 'gap') await this.readPatiently(place, {}, true);
  }

  /** Follows the log once: until all is shown, the connection ends, or, once the program has ended, nothing comes. */
  async follow(place: AttemptPlace, hint: Query = {}): Promise<ReadEnd> {
    const { clock, signal } = this.#deps;
    const halt = new AbortController();
    const idle = new Idle(clock, GRACE_MS, () => halt.abort());
    const look = () => {
      const now = this.place();
      if (now?.pods[0] !== place.pods[0] || this.isComplete) halt.abort();
      else if (now?.isOver) idle.start();
    };
    const unsubscribe = this.#tracked.onChange(look);
    look();
    try {
      const query = { ...hint, follow: true, sinceTime: this.sinceTime(place) };
      return await this.#read(place, query, false, AbortSignal.any([signal, halt.signal]), { idle });
    } catch (error) {
      if (signal.aborted || !halt.signal.aborted) throw error;
      return { end: this.isComplete ? 'complete' : 'end' };
    } finally {
      unsubscribe();
      idle.stop();
    }
  }

  /** Reads what the log has now, again and again where the connection breaks; the last trouble is the answer. */
  async readPatiently(place: AttemptPlace, query: Query, allowGaps: boolean): Promise<ReadEnd> {
    const { clock, signal } = this.#deps;
    for (let tries = 1; ; tries++) {
      const before = this.#sequence.next;
      const result = await this.#read(place, query, allowGaps, signal);
      if (result.end !== 'trouble') return result;
      if (this.#sequence.next > before) tries = 1;
      if (tries === TRIES && result.error instanceof ConnectionError) throw result.error;
      if (tries === TRIES) return result;
      await clock.sleep(FIRST_DELAY_MS * 2 ** tries, signal);
    }
  }

  /** Reads the archive at `location`. It is the last resort: what is missing there is missing. */
  readArchive(place: AttemptPlace, location: string): Promise<ReadEnd> {
    const { archive, patienceMs = 0, signal } = this.#deps;
    const open: OpenLog = async () => archive(this.#tracked.latest, location, { signal, patienceMs });
    return this.#read(place, {}, true, signal, { open });
  }

  /** From when on the Pod's log has to be read: a Pod lives long and has run many others before. */
  sinceTime(place: AttemptPlace): string {
    return secondTime(Math.max(0, (this.#sequence.lastTime ?? place.since) - SKEW_MS));
  }

  async #read(
    place: AttemptPlace,
    query: Query,
    allowGaps: boolean,
    signal: AbortSignal,
    { idle, open = this.#deps.open }: { idle?: Idle; open?: OpenLog } = {},
  ): Promise<ReadEnd> {
    const { emit } = this.#deps;
    const { metadata } = this.#tracked.latest;
    const source = {
      pod: place.pods[0]!,
      namespace: metadata.namespace ?? 'default',
      query: { container: place.container, ...query, signal },
      uid: metadata.uid!,
      attempt: this.#attempt,
      allowGaps,
    };
    return readOnce(source, {
      open,
      sequence: this.#sequence,
      emit: record => {
        const full = emit(record);
        return full && idle ? idle.during(full) : full;
      },
      isComplete: () => !this.place()?.isSplit && this.isComplete,
      past: () => {
        const until = this.place()?.until;
        return until === undefined ? undefined : until + TRAILING_MS;
      },
      onProgress: () => {
        this.#bytes += 1;
        idle?.touch();
      },
    });
  }

  /** Where the attempt is, as long as more of it may come. */
  #livePlace(): AttemptPlace | undefined {
    const place = this.place();
    return place && !place.isOver && !this.isComplete ? place : undefined;
  }

  /** Waits before another connection is opened, but no longer than the attempt goes on. */
  async #sleepUnlessOver(ms: number): Promise<void> {
    const { clock, signal } = this.#deps;
    const over = new AbortController();
    const unsubscribe = this.#tracked.onChange(() => {
      if (!this.#livePlace()) over.abort();
    });
    await clock.sleep(ms, AbortSignal.any([signal, over.signal])).catch(error => {
      if (signal.aborted) throw error;
    });
    unsubscribe();
  }
}
