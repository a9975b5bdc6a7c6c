import { closeSync, openSync, readSync, unlinkSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import type { StreamName } from '../../../protocol/index.ts';

/** A piece of one stream, at most 64 KiB. */
export interface Frame {
  readonly stream: StreamName;
  readonly data: Buffer;
}

const HEADER_BYTES = 5;
const LONGEST_FRAME = 64 * 1024;
/** One read takes at least one whole frame. */
const BLOCK_BYTES = 2 * LONGEST_FRAME;
/** What one log holds in memory before it goes to disk: a Run that prints little touches no file. */
const MEMORY_BYTES = 256 * 1024;

/**
 * Both streams of one execution in the order they were read, to be read again from any position: frames of stream
 * (1 byte), length (4 bytes) and data, in memory at first, then in an unlinked file that ends with the process.
 */
export class HeadLog {
  readonly #spoolDir: string;
  #memory: Buffer = Buffer.alloc(0);
  #fd: number | undefined;
  #size = 0;

  constructor(spoolDir: string) {
    this.#spoolDir = spoolDir;
  }

  /** Bytes of all frames with their headers: the position behind the last one. */
  get size(): number {
    return this.#size;
  }

  /** Adds data; throws what the disk says (ENOSPC), with nothing of it added. */
  append(stream: StreamName, data: Buffer): void {
    const before = this.#size;
    try {
      for (let at = 0; at < data.length; at += LONGEST_FRAME) {
        const part = data.subarray(at, at + LONGEST_FRAME);
        const header = Buffer.alloc(HEADER_BYTES);
        header.writeUInt8(stream === 'stdout' ? 1 : 2);
        header.writeUInt32BE(part.length, 1);
        this.#write(header, part);
      }
    } catch (error) {
      this.#size = before;
      throw error;
    }
  }

  /** The frames that start at `position`, as many as one block holds, and the position behind them. */
  read(position: number): { frames: Frame[]; next: number } {
    const block = this.#block(position);
    const frames: Frame[] = [];
    let at = 0;
    while (at + HEADER_BYTES <= block.length) {
      const end = at + HEADER_BYTES + block.readUInt32BE(at + 1);
      if (end > block.length) break;
      frames.push({ stream: block[at] === 1 ? 'stdout' : 'stderr', data: block.subarray(at + HEADER_BYTES, end) });
      at = end;
    }
    return { frames, next: position + at };
  }

  /** Frees memory and disk; nothing may be read afterwards. */
  close(): void {
    this.#memory = Buffer.alloc(0);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#size = 0;
  }

  #write(header: Buffer, data: Buffer): void {
    const size = this.#size + header.length + data.length;
    if (this.#fd === undefined && size > MEMORY_BYTES) this.#spill();
    if (this.#fd === undefined) {
      if (size > this.#memory.length) this.#memory = grown(this.#memory, this.#size, size);
      header.copy(this.#memory, this.#size);
      data.copy(this.#memory, this.#size + header.length);
    } else {
      // To the page cache: some microseconds. What a failed write left behind lies beyond #size and is never read.
      writeAll(this.#fd, [header, data], this.#size);
    }
    this.#size = size;
  }

  #spill(): void {
    const path = join(this.#spoolDir, `output-${process.pid}-${spools++}`);
    const fd = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    try {
      writeAll(fd, [this.#memory.subarray(0, this.#size)], 0);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.#fd = fd;
    this.#memory = Buffer.alloc(0);
  }

  #block(position: number): Buffer {
    const length = Math.min(BLOCK_BYTES, this.#size - position);
    if (this.#fd === undefined) return Buffer.from(this.#memory.subarray(position, position + length));
    const block = Buffer.allocUnsafeSlow(length);
    let got = 0;
    while (got < length) {
      const n = readSync(this.#fd, block, got, length - got, position + got);
      if (n === 0) break;
      got += n;
    }
    return block.subarray(0, got);
  }
}

let spools = 0;

function grown(buffer: Buffer, used: number, needed: number): Buffer {
  const bigger = Buffer.alloc(Math.min(MEMORY_BYTES, Math.max(1024, needed, buffer.length * 2)));
  buffer.copy(bigger, 0, 0, used);
  return bigger;
}

function writeAll(fd: number, parts: Buffer[], position: number): void {
  const wanted = parts.reduce((sum, part) => sum + part.length, 0);
  const written = writevSync(fd, parts, position);
  if (written < wanted) writeAll(fd, [Buffer.concat(parts).subarray(written)], position + written);
}
