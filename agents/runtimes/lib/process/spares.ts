import type { Clock } from '../../../lib/clock.ts';
import type { ProgramSpec, RunningProgram } from './program.ts';
import type { SpareKind } from './spare-kind.ts';
import { type Spawned, type SpawnOptions, spawnBash } from './spawn.ts';

/** What spares are made with. */
export interface SparesOptions extends SpawnOptions {
  readonly spareKind: SpareKind;
  readonly clock: Clock;
  /** How many wait at most; 0: none. */
  readonly count: number;
  /** `process.kill`, or a test's. */
  readonly kill: (pid: number, signal: NodeJS.Signals) => void;
}

/** A pause before spares are made, in which what was just asked for goes first. */
const IDLE_MS = 5;

/**
 * Processes that are started and prepared ahead, so that a start needs neither: each waits for its job, which says
 * what it becomes, and is used once. It has nothing of the server's environment, and only its parent can
 * give it the job. A program of the same user can kill or stop it, as it can its neighbours: then the next program is
 * started without it.
 */
export class Spares {
  readonly #options: SparesOptions;
  readonly #waiting: Spawned[] = [];
  #filling: Promise<void> | undefined;
  #closed = false;

  constructor(options: SparesOptions) {
    this.#options = options;
  }

  /** Makes what is missing after a short pause; to be called when the server has nothing better to do. */
  async fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
    await this.#filling;
  }

  /** Starts `spec` on a spare; undefined when there is none for it, and nothing was started. */
  async start(spec: ProgramSpec): Promise<RunningProgram | undefined> {
    const job = this.#waiting.length > 0 ? this.#options.spareKind.job(spec) : undefined;
    const spare = job && this.#waiting.shift();
    if (!spare) return undefined;
    // What is in its pipes was not written by the program to come.
    if (spare.isSilent()) {
      spare.channel.write(job);
      if (await this.#hasBegun(spare)) return spare.run();
    }
    this.#end(spare);
    return undefined;
  }

  /** Ends all that wait, and makes no more. */
  close(): void {
    this.#closed = true;
    for (const spare of this.#waiting.splice(0)) this.#end(spare);
  }

  async #fill(): Promise<void> {
    try {
      while (!this.#closed && this.#waiting.length < this.#options.count) {
        await this.#options.clock.sleep(IDLE_MS);
        if (!this.#closed) await this.#add();
      }
    } catch {
      // No process or pipe to be had now: the next program's own start says so if it's still true then.
    }
  }

  async #add(): Promise<void> {
    const { args, env } = this.#options.spareKind;
    const spare = await spawnBash(this.#options, { args, cwd: '/', env });
    if (this.#closed) return this.#end(spare);
    this.#waiting.push(spare);
    void spare.exit.then(() => {
      const at = this.#waiting.indexOf(spare);
      if (at >= 0) this.#end(this.#waiting.splice(at, 1)[0]!);
    });
  }

  /** Whether the job was taken. One that didn't take it is dead when this resolves, so that it never will. */
  async #hasBegun(spare: Spawned): Promise<boolean> {
    const { clock, spareKind } = this.#options;
    const begun = new AbortController();
    const late = clock.sleep(spareKind.longestBeginMs, begun.signal).catch(() => {}); // aborted: in time
    await Promise.race([spare.spoke, spare.silenced, late]);
    begun.abort();
    if (spare.said() !== '') return true;
    this.#kill(spare);
    await spare.silenced;
    return spare.said() !== '';
  }

  #end(spare: Spawned): void {
    this.#kill(spare);
    spare.discard();
    this.#options.marks.release(spare.mark);
  }

  #kill({ pid }: Spawned): void {
    try {
      this.#options.kill(-pid, 'SIGKILL');
    } catch {
      // It's dead already.
    }
  }
}
