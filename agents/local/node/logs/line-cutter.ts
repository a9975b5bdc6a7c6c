import { criPrefix, LONGEST_PART, type LogStream } from './cri-line.ts';

const NEWLINE = Buffer.from('\n');

/** Cuts the output of one stream into records of the CRI log format; keeps what is not yet a whole line. */
export class LineCutter {
  readonly #stream: LogStream;
  #open: Buffer[] = [];
  #openBytes = 0;

  constructor(stream: LogStream) {
    this.#stream = stream;
  }

  /** The records that `chunk` completes, as buffers to be written one behind the other. */
  cut(chunk: Buffer, time: string): Buffer[] {
    const records: Buffer[] = [];
    const whole = criPrefix(time, this.#stream, 'F');
    const part = criPrefix(time, this.#stream, 'P');
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#parts(chunk.subarray(start, end), part, records);
      records.push(whole, ...this.#take(), NEWLINE);
      start = end + 1;
    }
    if (start < chunk.length) this.#parts(chunk.subarray(start), part, records);
    return records;
  }

  /** The record of a last line that no newline ended. */
  finish(time: string): Buffer[] {
    if (this.#openBytes === 0) return [];
    return [criPrefix(time, this.#stream, 'P'), ...this.#take(), NEWLINE];
  }

  /** Adds `text` to the open line; what exceeds the longest part goes out as parts. */
  #parts(text: Buffer, prefix: Buffer, records: Buffer[]): void {
    let rest = text;
    while (this.#openBytes + rest.length > LONGEST_PART) {
      const room = LONGEST_PART - this.#openBytes;
      this.#open.push(rest.subarray(0, room));
      records.push(prefix, ...this.#take(), NEWLINE);
      rest = rest.subarray(room);
    }
    if (rest.length === 0) return;
    this.#open.push(rest);
    this.#openBytes += rest.length;
  }

  #take(): Buffer[] {
    const taken = this.#open;
    this.#open = [];
    this.#openBytes = 0;
    return taken;
  }
}
