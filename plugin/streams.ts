import type { Readable, Writable } from 'node:stream';

/** One end of the terminal, a pipe or a file. */
export interface Output {
  readonly isTTY: boolean;
  /** Width of the terminal; 80 where there is none. */
  readonly columns: number;
  /** Height of the terminal; 24 where there is none. */
  readonly rows: number;
  /** Whether colours are wanted: a terminal, and neither NO_COLOR nor TERM=dumb. */
  readonly colour: boolean;
  /** Resolves as soon as more may be written: await it where much is written. What can't be written aborts the context's signal. */
  write(data: string | Uint8Array): Promise<void>;
}

/** The three streams of a command: results go to stdout, everything else to stderr. */
export interface Streams {
  readonly stdin: Readable & { isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
}

type Terminal = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** An Output on a stream of Node; `onError` is told what could not be written. */
export function makeOutput(
  stream: Terminal,
  env: NodeJS.ProcessEnv,
  onError: (error: NodeJS.ErrnoException) => void,
): Output {
  let broken = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    broken = true;
    onError(error);
  });
  return {
    isTTY: stream.isTTY ?? false,
    get columns() {
      // asked anew each time: the user may have resized the window
      return Number(env['COLUMNS']) || stream.columns || 80;
    },
    get rows() {
      return Number(env['LINES']) || stream.rows || 24;
    },
    colour: wantsColour(stream, env),
    async write(data) {
      if (broken || accepts(stream, data)) return;
      await new Promise<void>(resolve => {
        const done = () => {
          stream.off('drain', done).off('error', done).off('close', done);
          resolve();
        };
        stream.on('drain', done).on('error', done).on('close', done);
      });
    },
  };
}

/** Whether more may be written at once. */
function accepts(stream: Terminal, data: string | Uint8Array): boolean {
  try {
    return stream.write(data);
  } catch (error) {
    // a file is written at once, and a full disk thrown; other streams tell it later
    stream.emit('error', error);
    return true;
  }
}

/** Resolves once the stream has handed on all that was written, or can't. */
export function flush(stream: Writable): Promise<void> {
  return new Promise(resolve => {
    try {
      stream.write('', () => resolve());
    } catch {
      resolve(); // what can't be written was told when it was tried
    }
  });
}

/** NO_COLOR first (no-color.org), then FORCE_COLOR, then what the stream is. */
function wantsColour(stream: Terminal, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return (stream.isTTY ?? false) && env['TERM'] !== 'dumb';
}
