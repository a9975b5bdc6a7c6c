import type { Output } from '../streams.ts';
import { OutputSanitiser } from './sanitise.ts';

/** Where a program's bytes go. */
export interface LogOutput {
  /** Takes bytes of one stream; a promise asks to wait before there is more. */
  write(stream: 'stdout' | 'stderr', data: Buffer): Promise<void> | undefined;
  /** Resolves once everything is written, and ends what a program has left on. */
  end(): Promise<void>;
  /** Whether what was written last has ended its line. */
  readonly atLineStart: boolean;
}

/** Bytes that wait for the end of a turn of the event loop at most: one write of many lines costs as much as one of one. */
const LARGEST_WRITE = 64 * 1024;

/**
 * Output in the order in which it came, over both streams: exact bytes where they are a pipe or a file, harmless text
 * on a terminal.
 */
export function makeLogOutput(streams: { readonly stdout: Output; readonly stderr: Output }): LogOutput {
  const sanitisers = { stdout: sanitiserFor(streams.stdout), stderr: sanitiserFor(streams.stderr) };
  let waiting: Buffer[] = [];
  let size = 0;
  let stream: 'stdout' | 'stderr' = 'stdout';
  let scheduled = false;
  let atLineStart = true;
  let draining: Promise<void> | undefined;

  function flush(): void {
    if (waiting.length === 0) return;
    const writing = streams[stream].write(waiting.length === 1 ? waiting[0]! : Buffer.concat(waiting)).then(() => {
      if (draining === writing) draining = undefined;
    });
    draining = writing;
    waiting = [];
    size = 0;
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      flush();
    });
  }

  return {
    get atLineStart() {
      return atLineStart;
    },
    write(to, data) {
      if (data.length === 0) return undefined;
      // the two may be one terminal, where order shows
      if (to !== stream) flush();
      stream = to;
      atLineStart = data.at(-1) === 10;
      const sanitiser = sanitisers[to];
      waiting.push(sanitiser ? Buffer.from(sanitiser.push(data)) : data);
      size += data.length;
      if (size >= LARGEST_WRITE) flush();
      else schedule();
      return draining;
    },
    async end() {
      flush();
      await draining;
      for (const name of ['stdout', 'stderr'] as const) {
        const rest = sanitisers[name]?.end();
        if (rest) await streams[name].write(rest);
      }
    },
  };
}

function sanitiserFor(output: Output): OutputSanitiser | undefined {
  return output.isTTY ? new OutputSanitiser(output.colour) : undefined;
}
