import { type AttachEvent, type Offsets, RuntimeError, STREAMS, type StreamName } from '../../../protocol/index.ts';
import { HeadLog } from './head-log.ts';
import { TailRing } from './tail-ring.ts';

/** How much output an execution keeps and where. */
export interface OutputOptions {
  /** Bytes kept of both streams together. */
  readonly capBytes: number;
  /** Existing directory for what doesn't stay in memory. */
  readonly spoolDir: string;
}

const CHUNK_BYTES = 64 * 1024;

/**
 * The output of one execution, kept for as many readers as come, whenever they come.
 * The first 7/8 of the cap are kept in arrival order and seen as they appear; of what follows, each stream keeps its
 * last 1/16 of the cap, which is seen at the end, when it's known what was dropped in between. A reader sees the same
 * however fast it is, memory stays bounded, and the program is never slowed by a reader.
 */
export class OutputLog {
  readonly #head: HeadLog;
  readonly #tails: Record<StreamName, TailRing>;
  readonly #headBytes: Record<StreamName, number> = { stdout: 0, stderr: 0 };
  #headLeft: number;
  #ended = false;
  #closed = false;
  #changed = Promise.withResolvers<void>();

  constructor({ capBytes, spoolDir }: OutputOptions) {
    const tail = Math.floor(capBytes / 16);
    this.#head = new HeadLog(spoolDir);
    this.#headLeft = capBytes - 2 * tail;
    this.#tails = { stdout: new TailRing(tail), stderr: new TailRing(tail) };
  }

  /** Adds what the program wrote to a stream. */
  append(stream: StreamName, data: Buffer): void {
    const head = data.subarray(0, this.#headLeft);
    const kept = head.length > 0 && this.#keep(stream, head) ? head.length : 0;
    if (kept < data.length) this.#tails[stream].push(data.subarray(kept));
    this.#notify();
  }

  /** No output follows. */
  end(): void {
    this.#ended = true;
    this.#notify();
  }

  /** Frees memory and disk; readers under way fail. */
  close(): void {
    this.#closed = true;
    this.#head.close();
    this.#notify();
  }

  /** Bytes of the stream that the cap dropped so far. */
  dropped(stream: StreamName): number {
    return this.#tails[stream].dropped;
  }

  /** Output behind the offsets as it appears, with the gap that the cap left, until `end`; throws `notFound` after `close`. */
  async *events(offsets: Offsets, signal: AbortSignal): AsyncGenerator<AttachEvent> {
    const seen = { stdout: 0, stderr: 0 };
    for (let position = 0; ; ) {
      signal.throwIfAborted();
      if (this.#closed) throw new RuntimeError('notFound', 'the execution was forgotten');
      if (position < this.#head.size) {
        const { frames, next } = this.#head.read(position);
        position = next;
        for (const { stream, data } of frames) {
          const offset = seen[stream];
          seen[stream] += data.length;
          const skip = Math.max(0, offsets[stream] - offset);
          if (skip < data.length) yield { type: 'chunk', stream, offset: offset + skip, data: data.subarray(skip) };
        }
      } else if (this.#ended) {
        for (const stream of STREAMS) yield* this.#tailEvents(stream, offsets[stream]);
        return;
      } else {
        await changeOrAbort(this.#changed.promise, signal);
      }
    }
  }

  /** The stream's first `limit` bytes as text; bytes that are not UTF-8 become U+FFFD. */
  text(stream: StreamName, limit: number): string {
    const parts: Buffer[] = [];
    let left = limit;
    for (let position = 0; position < this.#head.size && left > 0; ) {
      const { frames, next } = this.#head.read(position);
      position = next;
      for (const frame of frames) {
        if (frame.stream !== stream) continue;
        const part = frame.data.subarray(0, left);
        parts.push(part);
        left -= part.length;
      }
    }
    return Buffer.concat(parts).toString();
  }

  #keep(stream: StreamName, data: Buffer): boolean {
    try {
      this.#head.append(stream, data);
    } catch {
      // The disk is full or gone. The program goes on; what no longer fits is told as dropped.
      this.#headLeft = 0;
      return false;
    }
    this.#headLeft -= data.length;
    this.#headBytes[stream] += data.length;
    return true;
  }

  *#tailEvents(stream: StreamName, from: number): Generator<AttachEvent> {
    const tail = this.#tails[stream];
    const gap = this.#headBytes[stream];
    const start = gap + tail.dropped;
    if (tail.dropped > 0 && from < start) yield { type: 'truncated', stream, offset: gap, dropped: tail.dropped };
    const contents = tail.contents();
    for (let at = Math.max(0, from - start); at < contents.length; at += CHUNK_BYTES) {
      yield { type: 'chunk', stream, offset: start + at, data: contents.subarray(at, at + CHUNK_BYTES) };
    }
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Resolves at the change or the abort, whichever comes first, and leaves no listener behind. */
function changeOrAbort(change: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done);
    void change.then(done);
  });
}
