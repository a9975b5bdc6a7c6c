import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { LogFiles, Segment } from './segments.ts';

const BLOCK = 64 * 1024;

/** Where a reader starts. */
export interface Position {
  readonly seq: number;
  readonly offset: number;
}

/**
 * The bytes of a log from `from` on, in blocks that may cut lines; with `follow` until the log is closed. Files that
 * were removed before they were read are skipped. Ends early when `signal` aborts.
 */
export async function* readBlocks(
  log: LogFiles,
  from: Position,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let { seq, offset } = from;
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });
  while (!signal.aborted) {
    const segment = log.segments().find(other => other.seq >= seq);
    if (!segment) return;
    if (segment.seq !== seq) offset = 0;
    seq = segment.seq;
    const file = await open(segment.path).catch(() => undefined); // removed meanwhile: on to the next one
    if (file) {
      try {
        while (!signal.aborted) {
          const size = Math.min(BLOCK, segment.size - offset);
          if (size > 0) {
            const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(size), 0, size, offset);
            if (bytesRead === 0) return; // shorter than it was: somebody else has cut it
            offset += bytesRead;
            yield buffer.subarray(0, bytesRead);
          } else {
            if (!isLast(log, segment)) break;
            if (!follow || !log.open) return;
            await new Promise<void>(resolve => {
              wake = resolve;
              log.onChange(resolve);
            });
          }
        }
      } finally {
        await file.close();
      }
    }
    seq += 1;
    offset = 0;
  }
}

const isLast = (log: LogFiles, { seq }: Segment) => (log.segments().at(-1)?.seq ?? seq) <= seq;

/** Where the last `lines` records begin. */
export function tailPosition(log: LogFiles, lines: number): Position {
  const segments = log.segments();
  const last = segments.at(-1);
  if (!last) return { seq: 0, offset: 0 };
  if (lines === 0) return { seq: last.seq, offset: last.size };
  let left = lines;
  for (const segment of segments.toReversed()) {
    const found = tailOf(segment, left);
    if (found.offset !== undefined) return { seq: segment.seq, offset: found.offset };
    left -= found.lines;
  }
  return { seq: segments[0]!.seq, offset: 0 };
}

/** The offset of the last `wanted` records of a file, or how many it has where these are fewer. */
function tailOf(segment: Segment, wanted: number): { lines: number; offset?: number } {
  let fd: number;
  try {
    fd = openSync(segment.path, 'r');
  } catch {
    return { lines: 0 }; // removed meanwhile
  }
  try {
    let lines = 0;
    const block = Buffer.allocUnsafe(BLOCK);
    for (let end = segment.size; end > 0; ) {
      const start = Math.max(0, end - BLOCK);
      const size = readSync(fd, block, 0, end - start, start);
      for (let i = block.subarray(0, size).lastIndexOf(10); i !== -1; i = i === 0 ? -1 : block.lastIndexOf(10, i - 1)) {
        // each newline ends a record; the one before the first wanted record is one too many
        if (lines === wanted) return { lines, offset: start + i + 1 };
        lines += 1;
      }
      end = start;
    }
    return { lines };
  } finally {
    closeSync(fd);
  }
}
