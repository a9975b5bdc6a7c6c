import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** What an entry costs at least, so that a flood of empty files is seen as well. */
const ENTRY_BYTES = 4096;

/** Bytes on disk of all below `dir`, links not followed; stops counting behind `enough`. Files may come and go meanwhile. */
export async function diskUsage(dir: string, enough: number): Promise<number> {
  let used = 0;
  try {
    for await (const entry of await opendir(dir)) {
      const path = join(dir, entry.name);
      const { blocks = 0 } = (await lstat(path).catch(() => undefined)) ?? {}; // gone since it was listed
      used += Math.max(ENTRY_BYTES, blocks * 512);
      if (entry.isDirectory()) used += await diskUsage(path, enough - used);
      if (used > enough) break;
    }
  } catch {
    // gone, or closed to us by its owner: what can't be counted is bounded by the volume alone
  }
  return used;
}
