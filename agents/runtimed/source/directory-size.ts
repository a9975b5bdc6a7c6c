import { bytesBelow } from '../../lib/bytes-below.ts';

/** Bytes of the files below `dir`; stops counting behind `enough`. Throws what the disk says. */
export function directorySize(dir: string, enough: number): Promise<number> {
  return bytesBelow(dir, enough, {
    bytesOf: entry => (entry && !entry.isDirectory() ? entry.size : 0),
    // git removes its temporary directories under our eyes
    ignores: error => (error as NodeJS.ErrnoException).code === 'ENOENT',
  });
}
