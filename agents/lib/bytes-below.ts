import type { Stats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** What counts. */
export interface Counting {
  /** Bytes of an entry; undefined: it is gone since it was listed. */
  readonly bytesOf: (entry: Stats | undefined) => number;
  /** Whether a directory that can't be read is passed by; what is thrown otherwise. */
  readonly ignores: (error: unknown) => boolean;
}

/** Sum of all below `dir`, links not followed; stops counting behind `enough`. Files may come and go meanwhile. */
export async function bytesBelow(dir: string, enough: number, counting: Counting): Promise<number> {
  let bytes = 0;
  try {
    for await (const entry of await opendir(dir)) {
      const path = join(dir, entry.name);
      bytes += counting.bytesOf(await lstat(path).catch(() => undefined));
      if (entry.isDirectory()) bytes += await bytesBelow(path, enough - bytes, counting);
      if (bytes > enough) break;
    }
  } catch (error) {
    if (!counting.ignores(error)) throw error;
  }
  return bytes;
}
