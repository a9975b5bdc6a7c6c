import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type ParsedOutputs, parseOutputs } from './outputs.ts';

/** The largest file that is read: repeated keys may make it larger than the outputs it holds. */
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * The outputs in `path`, which user code had in its hands: links are not followed, nothing but a regular file is
 * opened for long, and no more than 1 MiB is read. No file means no outputs; throws only what the disk says.
 * Synchronous: most are empty, and then trips to the thread pool would cost more than all of it.
 */
export function readOutputs(path: string): ParsedOutputs {
  let fd: number;
  try {
    // O_NONBLOCK: opening a FIFO that nobody writes to must not hang
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { outputs: {} };
    if (code === 'ELOOP' || code === 'ENXIO') return invalid('$KRUNTIME_OUTPUTS is not a regular file');
    if (code === 'EACCES') return invalid('$KRUNTIME_OUTPUTS can not be read: permission denied');
    throw error;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return invalid('$KRUNTIME_OUTPUTS is not a regular file');
    // every process of the Run is dead, so the file no longer grows
    const data = Buffer.alloc(Math.min(stat.size, MAX_FILE_BYTES) + 1);
    let size = 0;
    for (;;) {
      const bytesRead = readSync(fd, data, size, data.length - size, size);
      if (bytesRead === 0) break;
      size += bytesRead;
    }
    if (size <= MAX_FILE_BYTES) return parseOutputs(data.subarray(0, size));
    const whole = data.subarray(0, data.lastIndexOf(10, MAX_FILE_BYTES) + 1);
    const message = `$KRUNTIME_OUTPUTS is larger than ${MAX_FILE_BYTES} bytes`;
    return { ...parseOutputs(whole), problem: { reason: 'OutputsTooLarge', message } };
  } finally {
    closeSync(fd);
  }
}

function invalid(message: string): ParsedOutputs {
  return { outputs: {}, problem: { reason: 'InvalidOutputs', message } };
}
