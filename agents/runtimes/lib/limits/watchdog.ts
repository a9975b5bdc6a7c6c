import type { Clock } from '../../../lib/clock.ts';
import type { Freezer } from '../process/freezer.ts';
import type { ProcReader } from '../process/proc.ts';
import type { ContainerUsage } from './container-usage.ts';
import { diskUsage } from './disk-usage.ts';
import { type ProcessUsage, proportionalBytes } from './process-usage.ts';
import { inBytes, type LimitReason, type RunLimits } from './run-limits.ts';

/** An execution as the watchdog sees it. */
export interface Watched {
  /** What its processes carry; undefined until they do. */
  mark(): string | undefined;
  /** Directory of all its files. */
  readonly root: string;
  /** Ends it at once, all of it that can be found now. */
  exceed(reason: LimitReason, message: string): void;
}

/** What the watchdog needs. */
export interface WatchdogOptions {
  readonly limits: RunLimits;
  readonly proc: Pick<ProcReader, 'pids' | 'lockLimit'>;
  readonly usage: (pid: number) => ProcessUsage | undefined;
  readonly container: () => ContainerUsage;
  /** Stops everything for a look in need; absent: it goes on meanwhile. */
  readonly freezer?: Freezer | undefined;
  readonly clock: Clock;
}

const GLANCE_EVERY_MS = 25;
/** When the container is half way to an alarm: in 25 ms a few hundred processes can start, and fill 100 MiB. */
const GLANCE_IN_DOUBT_MS = 5;
const LOOK_EVERY_MS = 250;
/** Looks take this part of the time at most, however many processes there are; and this part when memory is short. */
const SHARE_OF_TIME = 20;
const SHARE_IN_NEED = 3;
const COUNT_FILES_EVERY_MS = 1000;
/** So many processes more than at the last look are a storm, or half of the limit where that is more. */
const STORM = 64;
/** The container is full for us before it is for the kernel, which would kill all that is in it. */
const FULL = 0.92;
const FILLING = 0.7;

/**
 * Sees what no limit of the kernel bounds: what all processes of an execution use together, and all its files. Ends
 * the execution that uses more than it may, and the greediest one when the container's memory runs out. Looks only
 * while something runs, and never at an execution that is over before the first look. In between it glances at the
 * container as a whole, which is cheap: a fork bomb or a hog that needs no quarter of a second raises an alarm. Then
 * all is stopped while it looks: what doubles in a few milliseconds outgrows whoever counts it, and takes the CPU too.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #watched = new Set<Watched>();
  #looking = false;
  /** What was ended last: while it goes, nobody else has to for the container's sake. */
  #makesRoom: Watched | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  /** Watches until `over` resolves. */
  watch(watched: Watched, over: Promise<void>): void {
    this.#watched.add(watched);
    const ended = new AbortController();
    void over.then(() => {
      this.#watched.delete(watched);
      ended.abort();
    });
    if (!this.#looking) void this.#look();
    void this.#countFiles(watched, ended.signal);
  }

  async #look(): Promise<void> {
    const { clock, limits } = this.#options;
    const storm = Math.max(STORM, limits.processes / 2);
    this.#looking = true;
    let looked = clock.monotonic();
    let cost = 0;
    let processes = 0;
    let glance = GLANCE_EVERY_MS;
    while (this.#watched.size > 0) {
      await clock.sleep(glance);
      const begun = clock.monotonic();
      const container = this.#options.container();
      const started = (container.processes ?? 0) - processes;
      const isStorm = started > storm;
      const short = this.#shortage(container);
      const isDoubtful = started > storm / 2 || isFilledTo(FILLING, container.memory);
      glance = isDoubtful ? GLANCE_IN_DOUBT_MS : GLANCE_EVERY_MS;
      const pause = short ? cost * SHARE_IN_NEED : Math.max(LOOK_EVERY_MS, cost * SHARE_OF_TIME);
      if (this.#watched.size === 0 || (!isStorm && begun - looked < pause)) continue;
      const freezer = isStorm || short ? this.#options.freezer : undefined;
      freezer?.stop();
      try {
        this.#judge(short);
      } finally {
        freezer?.goOn();
      }
      looked = clock.monotonic();
      cost = looked - begun;
      processes = container.processes ?? 0;
    }
    // in the turn of the last look: whoever comes next starts anew
    this.#looking = false;
  }

  /** Memory for which somebody has to go; none while somebody does: what it used takes a moment to be free. */
  #shortage({ memory }: ContainerUsage): ContainerUsage['memory'] {
    return this.#isGoing() || !isFilledTo(FULL, memory) ? undefined : memory;
  }

  #isGoing(): boolean {
    return this.#makesRoom !== undefined && this.#watched.has(this.#makesRoom);
  }

  #end(watched: Watched, reason: LimitReason, message: string): void {
    this.#makesRoom = watched;
    watched.exceed(reason, message);
  }

  #judge(short: ContainerUsage['memory']): void {
    const { limits } = this.#options;
    let greediest: { readonly watched: Watched; readonly bytes: number } | undefined;
    for (const [watched, pids] of this.#members()) {
      const { threads, bytes } = pids.length > limits.processes ? TOO_MANY : this.#sumOf(pids);
      if (threads > limits.processes) {
        this.#end(watched, 'ProcessesExceeded', `more than ${limits.processes} processes and threads at once`);
        continue;
      }
      if (limits.memory !== undefined && bytes > limits.memory) this.#judgeMemory(watched, pids, limits.memory);
      if (bytes > (greediest?.bytes ?? 0)) greediest = { watched, bytes };
    }
    if (!short || !greediest || this.#isGoing()) return;
    const used = inBytes(greediest.bytes);
    const message = `the container's ${inBytes(short.limit)} ran out; it used most of it: ${used}`;
    this.#end(greediest.watched, 'OutOfMemory', message);
  }

  /** What processes share with their forks was counted for each of them: asked for exactly, which is slow, it may fit. */
  #judgeMemory(watched: Watched, pids: readonly number[], limit: number): void {
    const { usage } = this.#options;
    const used = pids.reduce((sum, pid) => sum + (proportionalBytes(pid) ?? usage(pid)?.bytes ?? 0), 0);
    if (used <= limit) return;
    this.#end(watched, 'OutOfMemory', `it used ${inBytes(used)} of memory; ${inBytes(limit)} are allowed`);
  }

  /** The processes of each execution, and of one that has too many only as many as it takes to know. */
  #members(): Map<Watched, number[]> {
    const { proc, limits } = this.#options;
    const byMark = new Map([...this.#watched].map(watched => [watched.mark(), watched]));
    const members = new Map<Watched, number[]>();
    for (const pid of proc.pids()) {
      const mark = proc.lockLimit(pid);
      const watched = mark === undefined ? undefined : byMark.get(mark);
      if (!watched) continue;
      const pids = members.get(watched) ?? [];
      members.set(watched, pids);
      if (pids.push(pid) > limits.processes) break; // the others have their turn when it is gone
    }
    return members;
  }

  #sumOf(pids: readonly number[]): ProcessUsage {
    const sum = { threads: 0, bytes: 0 };
    for (const pid of pids) {
      const { threads = 0, bytes = 0 } = this.#options.usage(pid) ?? {}; // gone since it was listed
      sum.threads += threads;
      sum.bytes += bytes;
    }
    return sum;
  }

  /** Counts the files of one execution now and then; a tree that takes long to walk is walked less often. */
  async #countFiles(watched: Watched, ended: AbortSignal): Promise<void> {
    const { clock, limits } = this.#options;
    for (let pause = COUNT_FILES_EVERY_MS; ; ) {
      await clock.sleep(pause, ended).catch(() => undefined); // ended: asked below
      if (ended.aborted) return;
      const begun = clock.monotonic();
      const used = await diskUsage(watched.root, limits.disk);
      if (used > limits.disk && !ended.aborted) {
        watched.exceed('DiskExceeded', `its files take more than the ${inBytes(limits.disk)} that are allowed`);
      }
      pause = Math.max(COUNT_FILES_EVERY_MS, (clock.monotonic() - begun) * SHARE_OF_TIME);
    }
  }
}

/** Of what is to be ended for its number alone, nothing more is asked. */
const TOO_MANY: ProcessUsage = { threads: Number.POSITIVE_INFINITY, bytes: 0 };

function isFilledTo(part: number, memory: ContainerUsage['memory']): boolean {
  return memory !== undefined && memory.used >= memory.limit * part;
}
