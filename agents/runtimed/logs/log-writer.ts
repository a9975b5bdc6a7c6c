/** Where log lines go; resolves when the bytes were taken, rejects when they never will be. */
export interface LogSink {
  write(data: Buffer): Promise<void>;
}

/** Characters that one write takes at most. */
const LARGEST_WRITE = 256 * 1024;

/**
 * The one way to stdout of all Runs. Each log waits for its batch before it makes the next, so a noisy Run has one
 * batch in the queue like everyone else, memory stays flat, and batches that wait together go in one write.
 */
export class LogWriter {
  readonly #sink: LogSink;
  #waiting: { text: string; done: PromiseWithResolvers<void> }[] = [];
  #writing = false;

  constructor(sink: LogSink) {
    this.#sink = sink;
  }

  /** Writes whole lines; resolves when the sink took them. */
  write(text: string): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ text, done });
    if (!this.#writing) void this.#drain();
    return done.promise;
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      try {
        await this.#sink.write(Buffer.from(batch.map(({ text }) => text).join('')));
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#writing = false;
  }

  #take() {
    let size = 0;
    const behind = this.#waiting.findIndex(({ text }, i) => {
      size += text.length;
      return i > 0 && size > LARGEST_WRITE;
    });
    return this.#waiting.splice(0, behind < 0 ? this.#waiting.length : behind);
  }
}
