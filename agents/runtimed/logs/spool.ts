import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, type Gzip, gzip } from 'node:zlib';

/** Most Runs say less, and need no file. */
const IN_MEMORY_BYTES = 64 * 1024;

/**
 * The log of an attempt on its way to the archive: in memory while it is short, then gzipped on disk, so that memory
 * stays flat. It need not outlive the process: the next one reads the output again from the Runtime Server.
 */
export class LogSpool {
  readonly #path: string;
  #text = '';
  #file: { readonly into: Gzip; readonly written: Promise<void> } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Takes whole lines; resolves when there is room for more. Rejects where the disk refuses. */
  async write(lines: string): Promise<void> {
    if (!this.#file && this.#text.length + lines.length <= IN_MEMORY_BYTES) {
      this.#text += lines;
      return;
    }
    if (!this.#file) {
      this.#file = this.#open();
      lines = this.#text + lines;
      this.#text = '';
    }
    const { into, written } = this.#file;
    if (!into.write(lines)) await Promise.race([once(into, 'drain'), written]);
  }

  /** All of it, gzipped; nothing can be written any more. */
  async *read(): AsyncGenerator<Uint8Array> {
    if (!this.#file) {
      yield await promisify(gzip)(this.#text);
      return;
    }
    this.#file.into.end();
    await this.#file.written;
    yield* createReadStream(this.#path);
  }

  /** It is archived, or nobody wants it. */
  async drop(): Promise<void> {
    this.#text = '';
    this.#file?.into.destroy();
    if (this.#file) await rm(this.#path, { force: true });
  }

  #open() {
    const into = createGzip();
    const written = pipeline(into, createWriteStream(this.#path, { mode: 0o600 }));
    written.catch(() => undefined); // told to whoever writes or reads next
    return { into, written };
  }
}

/** Where the logs of attempts wait for their end. */
export class LogSpools {
  readonly #dir: string;

  constructor(stateDir: string) {
    this.#dir = join(stateDir, 'logs');
    // what an earlier process left was not finished
    rmSync(this.#dir, { recursive: true, force: true });
    mkdirSync(this.#dir, { mode: 0o700 });
  }

  /** For the attempt with this id. */
  make(id: string): LogSpool {
    return new LogSpool(join(this.#dir, `${id}.gz`));
  }
}
