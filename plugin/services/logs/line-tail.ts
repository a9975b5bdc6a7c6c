import type { LogRecord } from './log-record.ts';

/** Keeps the records of the last lines, in their order. */
export class LineTail {
  readonly #wanted: number;
  /** Each with the number of the line that it is a part of. */
  #records: { record: LogRecord; line: number }[] = [];
  #first = 0;
  #lines = 0;
  readonly #open: Record<string, number | undefined> = {};

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  push(record: LogRecord): void {
    const line = this.#open[record.stream] ?? ++this.#lines;
    this.#open[record.stream] = record.endsLine ? undefined : line;
    this.#records.push({ record, line });
    const oldest = this.#lines - this.#wanted;
    while (this.#first < this.#records.length && this.#records[this.#first]!.line <= oldest) this.#first += 1;
    // shifting one by one would cost more than now and then a copy
    if (this.#first > 1024 && this.#first * 2 > this.#records.length) this.#compact();
  }

  /** The records that are kept. */
  take(): LogRecord[] {
    const oldest = this.#lines - this.#wanted;
    const kept = this.#records.filter(({ line }) => line > oldest).map(({ record }) => record);
    this.#records = [];
    this.#first = 0;
    return kept;
  }

  #compact(): void {
    this.#records = this.#records.slice(this.#first);
    this.#first = 0;
  }
}
