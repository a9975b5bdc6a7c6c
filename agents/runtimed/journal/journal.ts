import { writeSync } from 'node:fs';
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { applyRecord, encodeRecord, type JournalRecord, type OpenAttempt, replayJournal } from './records.ts';

/** The claim on disk: what this Pod has started and how far each attempt is. */
export interface Journal {
  /** Attempts that an earlier process left open, as they stood when the journal was opened. */
  readonly left: readonly OpenAttempt[];
  /** Lines that could not be read: at most the torn last one, unless the disk is bad. */
  readonly broken: number;
  /** Resolves when the record is on disk (fsync); records keep the order of the calls. Rejects with what the disk said. */
  append(record: JournalRecord): Promise<void>;
  /** Waits for what was appended and closes the file. */
  close(): Promise<void>;
}

/** Closed attempts are dropped from the file when it has grown to this many bytes. */
const COMPACT_BYTES = 1024 * 1024;

/** Opens `<dir>/journal` (made when absent) and drops from it what is done. */
export async function openJournal(dir: string): Promise<Journal> {
  const path = join(dir, 'journal');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const { open: entries, broken } = replayJournal(text);
  return new FileJournal(path, entries, broken, await rewrite(path, entries));
}

interface JournalFile {
  readonly handle: FileHandle;
  size: number;
}

interface Waiting {
  readonly record: JournalRecord;
  readonly done: PromiseWithResolvers<void>;
}

/** Group commit: records that come while one fsync is under way share the next. */
class FileJournal implements Journal {
  readonly left: readonly OpenAttempt[];
  readonly broken: number;
  readonly #path: string;
  readonly #open: Map<string, OpenAttempt>;
  #file: JournalFile;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;

  constructor(path: string, entries: Map<string, OpenAttempt>, broken: number, file: JournalFile) {
    this.left = [...entries.values()];
    this.broken = broken;
    this.#path = path;
    this.#open = entries;
    this.#file = file;
  }

  append(record: JournalRecord): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ record, done });
    this.#flushing ??= this.#flush();
    return done.promise;
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#file.handle.close();
  }

  async #flush(): Promise<void> {
    // one turn of the queue, so that records of one burst go together
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await this.#write(batch.map(({ record }) => encodeRecord(record)).join(''));
        for (const { record } of batch) applyRecord(this.#open, record);
        for (const { done } of batch) done.resolve();
        if (this.#file.size > COMPACT_BYTES) await this.#compact();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    // in the turn of the last look: whoever appends when its record before is done starts a flush anew
    this.#flushing = undefined;
  }

  async #write(text: string): Promise<void> {
    const data = Buffer.from(text);
    const { handle, size } = this.#file;
    // at a position of our own: what a failed write left behind is written over, not appended to
    // into the page cache, which takes some microseconds; the disk is what is waited for
    for (let at = 0; at < data.length; ) at += writeSync(handle.fd, data, at, data.length - at, size + at);
    await handle.datasync();
    this.#file.size += data.length;
  }

  async #compact(): Promise<void> {
    const { handle } = this.#file;
    try {
      this.#file = await rewrite(this.#path, this.#open);
      await handle.close();
    } catch {
      // no room for a second file: the present one goes on and the next batch tries again
    }
  }
}

/** Replaces the file by one with the open entries alone; a crash leaves the old or the new one. */
async function rewrite(path: string, entries: ReadonlyMap<string, OpenAttempt>): Promise<JournalFile> {
  const records = [...entries.values()].flatMap(({ attempt, result }): JournalRecord[] => [
    { type: 'started', attempt },
    ...(result ? [{ type: 'result', id: attempt.id, result } as const] : []),
  ]);
  const data = Buffer.from(records.map(encodeRecord).join(''));
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(data);
    await handle.sync();
    await rename(`${path}.new`, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await handle.close();
    throw error;
  }
  return { handle, size: data.length };
}

async function syncDirectory(dir: string): Promise<void> {
  await using handle = await open(dir, 'r');
  await handle.sync();
}
