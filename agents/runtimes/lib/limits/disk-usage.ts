import { bytesBelow } from '../../../lib/bytes-below.ts';

/** What an entry costs at least, so that a flood of empty files is seen as well. */
const ENTRY_BYTES = 4096;

/** Bytes on disk of all below `dir`; stops counting behind `enough`. */
export function diskUsage(dir: string, enough: number): Promise<number> {
  return bytesBelow(dir, enough, {
    bytesOf: entry => Math.max(ENTRY_BYTES, (entry?.blocks ?? 0) * 512),
    // gone, or closed to us by its owner: what can't be counted is bounded by the volume alone
    ignores: () => true,
  });
}
