import { closeSync, constants, openSync, readSync, unlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';

/** One end to read here, the other for a program; call `handOver` once the program has it. */
export interface Pipe {
  readonly writeFd: number;
  /** Closes the server's copy of the write end, so that the reader ends when the last program closes its own. */
  handOver(): void;
  /** Whether nothing was written so far; to be asked before `read`. */
  isEmpty(): boolean;
  /** The end to read, which from now on is the caller's to destroy. */
  read(): Readable;
  /** Closes the end to read of a pipe that nobody will read. */
  discard(): void;
}

/** Where pipes come from. */
export interface PipeSource {
  take(): Promise<Pipe>;
}

const BATCH = 128;

/**
 * Real pipes, made as named ones in `dir` (existing, private) and unlinked when taken.
 * Node itself gives children socket pairs, on which a script's `echo x >/dev/stderr` or `tee /dev/stdout` fails with
 * ENXIO. A batch is made ahead by one `mkfifo`, so that taking one costs no process.
 */
export class FifoPipes implements PipeSource {
  readonly #dir: string;
  readonly #ready: string[] = [];
  #made = 0;
  #filling: Promise<void> | undefined;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Makes a batch ahead; to be called once before the first execution so that it need not wait. */
  async fill(): Promise<void> {
    this.#filling ??= this.#make().finally(() => {
      this.#filling = undefined;
    });
    await this.#filling;
  }

  async take(): Promise<Pipe> {
    // Asked for ahead of need; whoever finds none waits for the batch and gets its failure.
    if (this.#ready.length <= BATCH / 2) void this.fill().catch(() => {});
    for (let lost = 0; ; lost++) {
      while (this.#ready.length === 0) await this.fill();
      try {
        return open(this.#ready.shift()!);
      } catch (error) {
        // Someone tidied the directory up: the next batch makes it anew.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || lost > BATCH) throw error;
      }
    }
  }

  async #make(): Promise<void> {
    const paths = Array.from({ length: BATCH }, () => join(this.#dir, `pipe-${this.#made++}`));
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    await execa('mkfifo', ['-m', '600', ...paths], { stdin: 'ignore' });
    this.#ready.push(...paths);
  }
}

function open(path: string): Pipe {
  // Non-blocking, so that it doesn't wait for a writer; the write end is a description of its own and stays blocking,
  // as programs expect.
  const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let writeFd: number;
  try {
    writeFd = openSync(path, constants.O_WRONLY);
    unlinkSync(path);
  } catch (error) {
    closeSync(readFd);
    throw error;
  }
  return {
    writeFd,
    handOver: () => closeSync(writeFd),
    isEmpty: () => isEmpty(readFd),
    read: () => new Socket({ fd: readFd, readable: true, writable: false }),
    discard: () => closeSync(readFd),
  };
}

function isEmpty(fd: number): boolean {
  try {
    return readSync(fd, Buffer.alloc(1)) === 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN';
  }
}
