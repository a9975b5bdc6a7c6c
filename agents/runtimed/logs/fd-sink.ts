import { write } from 'node:fs';
import { promisify } from 'node:util';
import type { Clock } from '../../lib/clock.ts';
import type { LogSink } from './log-writer.ts';

const writeTo = promisify(write);

/**
 * A sink over a file descriptor. Not process.stdout: on a pipe that writes synchronously, so a reader that is slow
 * would stop the whole agent.
 */
export function fdSink(fd: number, clock: Clock): LogSink {
  return {
    async write(data) {
      for (let at = 0; at < data.length; ) {
        try {
          at += (await writeTo(fd, data, at, data.length - at, null)).bytesWritten;
        } catch (error) {
          // whoever shares the pipe has made it non-blocking, and it is full
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
          await clock.sleep(5);
        }
      }
    },
  };
}
