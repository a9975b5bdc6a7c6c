import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { STREAMS, type StreamName } from '../../protocol/index.ts';

/** A place where an open line was shown because time passed: behind `position` bytes of both streams together. */
export interface Cut {
  readonly position: number;
  readonly stream: StreamName;
}

/**
 * The cuts of each attempt's log, kept so that a restarted runtimed cuts in the same places and gives each line the
 * sequence number it had. In the page cache is enough: what a crash of the machine loses, its container's log loses too.
 * Synchronous, because a cut must be noted before its line is written and takes a few microseconds.
 */
export class CutStore {
  readonly #dir: string;

  constructor(stateDir: string) {
    this.#dir = join(stateDir, 'cuts');
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
  }

  /** Those that were noted, in order; a torn last line is left out. */
  read(id: string): Cut[] {
    let text: string;
    try {
      text = readFileSync(join(this.#dir, id), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    return text
      .split('\n')
      .slice(0, -1)
      .map(line => line.split(' '))
      .map(([position, index]) => ({ position: Number(position), stream: STREAMS[Number(index)]! }));
  }

  note(id: string, { position, stream }: Cut): void {
    appendFileSync(join(this.#dir, id), `${position} ${STREAMS.indexOf(stream)}\n`, { mode: 0o600 });
  }

  forget(id: string): void {
    rmSync(join(this.#dir, id), { force: true });
  }
}
