import type { LogRecord } from '../services/logs/log-record.ts';
import type { LogLine } from './options.ts';

/** Makes lines of records, in their order. */
export class LineReader {
  readonly #decoders = new Map<string, TextDecoder>();

  /** The line that `record` is, or is a part of. */
  read({ time, attempt, stream: from, data, endsLine }: LogRecord): LogLine {
    const stream = from === 'stderr' ? 'stderr' : 'stdout';
    const key = `${attempt}/${stream}`;
    const decoder = this.#decoders.get(key) ?? new TextDecoder();
    this.#decoders.set(key, decoder);
    // a part may end in the middle of a character
    const text = decoder.decode(data, { stream: !endsLine });
    return { time, attempt, stream, text: endsLine ? text.slice(0, -1) : text, data, endsLine };
  }
}
