import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { criTime, type LogStream } from './cri-line.ts';
import { LineCutter } from './line-cutter.ts';
import { forgetInstances, type LogFiles, type Segment, segmentName } from './segments.ts';

/** Bounds of a container's log: bytes of a file, and how many files are kept. */
export interface LogLimits {
  readonly fileBytes: number;
  readonly files: number;
}

/** The kubelet's own defaults. */
export const LOG_LIMITS: LogLimits = { fileBytes: 10 * 1024 * 1024, files: 5 };

/**
 * The log of a running container: files in the CRI format, a new one when the last is full, the oldest removed.
 * Writes are synchronous: they go to the page cache, in order, and readers are told at once.
 */
export class ContainerLog implements LogFiles {
  readonly #dir: string;
  readonly #instance: number;
  readonly #now: () => number;
  readonly #limits: LogLimits;
  readonly #cutters = { stdout: new LineCutter('stdout'), stderr: new LineCutter('stderr') };
  readonly #segments: Segment[] = [];
  readonly #waiting: (() => void)[] = [];
  #fd: number | undefined;
  #open = true;

  constructor(dir: string, instance: number, now: () => number, limits: LogLimits = LOG_LIMITS) {
    this.#dir = dir;
    this.#instance = instance;
    this.#now = now;
    this.#limits = limits;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    // the present instance and the one before it are kept
    forgetInstances(dir, instance - 1);
    this.#next();
  }

  get open(): boolean {
    return this.#open;
  }

  segments(): readonly Segment[] {
    return this.#segments;
  }

  onChange(tell: () => void): void {
    this.#waiting.push(tell);
  }

  write(stream: LogStream, chunk: Buffer): void {
    this.#append(this.#cutters[stream].cut(chunk, criTime(this.#now())));
  }

  /** The container has ended: open lines are written, followers come to their end. */
  close(): void {
    if (!this.#open) return;
    const time = criTime(this.#now());
    this.#append([...this.#cutters.stdout.finish(time), ...this.#cutters.stderr.finish(time)]);
    this.#open = false;
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#tell();
  }

  #append(records: Buffer[]): void {
    if (records.length === 0 || this.#fd === undefined) return;
    const bytes = records.length === 1 ? records[0]! : Buffer.concat(records);
    const last = this.#segments.at(-1)!;
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#fd, bytes, done, bytes.length - done, last.size + done);
    } catch (error) {
      ftruncateSync(this.#fd, last.size); // a disk that is full holds no half record
      throw error;
    }
    last.size += bytes.length;
    if (last.size >= this.#limits.fileBytes) this.#next();
    this.#tell();
  }

  #next(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    const seq = (this.#segments.at(-1)?.seq ?? -1) + 1;
    const path = join(this.#dir, segmentName(this.#instance, seq));
    // truncated: an instance number that was told to nobody is used again
    this.#fd = openSync(path, 'w', 0o600);
    this.#segments.push({ seq, path, size: 0 });
    while (this.#segments.length > this.#limits.files) rmSync(this.#segments.shift()!.path, { force: true });
  }

  #tell(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }
}
