import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The one attempt that a Pod of isolation PodPerRun takes in its life, on disk before anything of it is: whatever
 * restarts in the Pod, the programs of two Runs never meet in it.
 */
export class OneRun {
  readonly #path: string;
  #taken: string | undefined;

  /** Keeps it in `<stateDir>/one-run`. */
  constructor(stateDir: string) {
    this.#path = join(stateDir, 'one-run');
    try {
      this.#taken = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** Whether the Pod has had it, or has it now. */
  get taken(): boolean {
    return this.#taken !== undefined;
  }

  /** Whether the attempt with this id is the one; the first that asks is. */
  takes(id: string): boolean {
    if (this.#taken !== undefined) return this.#taken === id;
    const file = openSync(this.#path, 'wx', 0o600);
    try {
      writeSync(file, id);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.#taken = id;
    return true;
  }
}
