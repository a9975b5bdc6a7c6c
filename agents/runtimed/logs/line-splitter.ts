import type { StreamName } from '../../protocol/index.ts';

/** A line of a stream without its newline; `partial` when no newline ended it. */
export interface Piece {
  readonly stream: StreamName;
  readonly data: Buffer;
  readonly partial: boolean;
}

/** Bytes of the longest piece. */
export const LONGEST_LINE = 16 * 1024;

/**
 * Splits two streams at newlines. Where it cuts depends on the bytes alone, never on how they were chunked, so that
 * the same output gives the same pieces again. A character is not cut in two.
 */
export class LineSplitter {
  readonly #open: Record<StreamName, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

  /** Whether a line of `stream` is open that `flush` would give. */
  hasOpen(stream: StreamName): boolean {
    return wholeCharacters(this.#open[stream]) > 0;
  }

  /** Takes the next bytes of `stream` and gives the pieces that they complete. */
  *push(stream: StreamName, data: Buffer): Generator<Piece> {
    let rest = this.#open[stream].length > 0 ? Buffer.concat([this.#open[stream], data]) : data;
    for (;;) {
      const newline = rest.indexOf(10);
      if (newline >= 0 && newline <= LONGEST_LINE) {
        yield { stream, data: rest.subarray(0, newline), partial: false };
        rest = rest.subarray(newline + 1);
      } else if (rest.length > LONGEST_LINE) {
        const cut = wholeCharacters(rest.subarray(0, LONGEST_LINE)) || LONGEST_LINE;
        yield { stream, data: rest.subarray(0, cut), partial: true };
        rest = rest.subarray(cut);
      } else break;
    }
    // a copy: a short rest must not keep a large chunk alive
    this.#open[stream] = Buffer.from(rest);
  }

  /** The open line of `stream` so far; at the end of the output also the bytes of a character that stays incomplete. */
  *flush(stream: StreamName, atEnd: boolean): Generator<Piece> {
    const open = this.#open[stream];
    const cut = atEnd ? open.length : wholeCharacters(open);
    if (cut === 0) return;
    this.#open[stream] = open.subarray(cut);
    yield { stream, data: open.subarray(0, cut), partial: true };
  }
}

/** How many bytes of `data` there are before a UTF-8 character that its end cuts in two. */
function wholeCharacters(data: Buffer): number {
  for (let back = 1; back <= Math.min(3, data.length); back++) {
    const byte = data[data.length - back]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? data.length - back : data.length;
    }
  }
  return data.length;
}
