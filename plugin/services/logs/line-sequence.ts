import type { LogRecord } from './log-record.ts';

/** What to do with a record: show it, leave it out as it was shown before, or look for the ones before it first. */
export type Verdict = 'next' | 'repeated' | 'gap';

/** How far one attempt's log was shown. It is what lets a log be read again from anywhere without a repeated or lost line. */
export class LineSequence {
  #next = 1;
  #ended = false;
  #missing = 0;
  #lastTime: string | undefined;

  /** The number of the next record to show. */
  get next(): number {
    return this.#next;
  }

  /** Records that were given up. */
  get missing(): number {
    return this.#missing;
  }

  /** When the last record shown was written. */
  get lastTime(): number | undefined {
    return this.#lastTime === undefined ? undefined : Date.parse(this.#lastTime);
  }

  /** Whether all is shown, also where the end record was never seen but `lines`, the number of the last, is known. */
  isComplete(lines: number | undefined): boolean {
    return this.#ended || (lines !== undefined && this.#next > lines);
  }

  judge({ seq }: LogRecord): Verdict {
    if (seq < this.#next) return 'repeated';
    return seq === this.#next ? 'next' : 'gap';
  }

  /** Takes a record as shown; those between it and the one before are given up, and their number is returned. */
  take({ seq, stream, time }: LogRecord): number {
    const skipped = Math.max(0, seq - this.#next);
    this.#missing += skipped;
    this.#next = Math.max(this.#next, seq + 1);
    this.#lastTime = time;
    if (stream === 'end') this.#ended = true;
    return skipped;
  }
}
