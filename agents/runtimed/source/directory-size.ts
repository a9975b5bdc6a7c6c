import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of the files below `dir`, links not followed; stops counting behind `enough`. Files may come and go meanwhile. */
export async function directorySize(dir: string, enough: number): Promise<number> {
  let size = 0;
  try {
    for await (const entry of await opendir(dir)) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) size += await directorySize(path, enough - size);
      else size += (await lstat(path).catch(() => undefined))?.size ?? 0; // gone since it was listed
      if (size > enough) break;
    }
  } catch (error) {
    // git removes its temporary directories under our eyes
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return size;
}
