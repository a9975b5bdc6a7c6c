import type { Clock } from '../../../lib/clock.ts';
import type { ProcReader } from '../process/proc.ts';
import type { ContainerUsage } from './container-usage.ts';
import { diskUsage } from './disk-usage.ts';
import { type ProcessUsage, proportionalBytes } from './process-usage.ts';
import { inBytes, type LimitReason, type RunLimits } from './run-limits.ts';

/** An execution as the watchdog sees it. */
export interface Watched {
  /** What its processes carry; undefined until they do. */
  readonly mark: string | undefined;
  /** Directory of all its files. */
  readonly root: string;
  /** Ends it at once. */
  exceed(reason: LimitReason, message: string): void;
}

/** What the watchdog needs. */
export interface WatchdogOptions {
  readonly limits: RunLimits;
  readonly proc: Pick<ProcReader, 'pids' | 'lockLimit'>;
  readonly usage: (pid: number) => ProcessUsage | undefined;
  readonly container: () => ContainerUsage;
  readonly clock: Clock;
}

const GLANCE_EVERY_MS = 50;
const LOOK_EVERY_MS = 250;
/** Looks take this part of the time at most, however many processes there are; and this part in an alarm. */
const SHARE_OF_TIME = 20;
const SHARE_IN_ALARM = 3;
const COUNT_FILES_EVERY_MS = 1000;
/** The container is full for us before it is for the kernel, which would kill all that is in it. */
const FULL = 0.92;

interface Sum {
  threads: number;
  bytes: number;
  readonly pids: number[];
}

/**
 * Sees what no limit of the kernel bounds: what all processes of an execution use together, and all its files. Ends
 * the execution that uses more than it may, and the greediest one when the container's memory runs out. Looks only
 * while something runs, and never at an execution that is over before the first look. In between it glances at the
 * container as a whole, which is cheap: a fork bomb or a hog that needs no quarter of a second raises an alarm.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #watched = new Set<Watched>();
  #looking = false;

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
    const { clock } = this.#options;
    this.#looking = true;
    let looked = clock.monotonic();
    let cost = 0;
    let processes = 0;
    while (this.#watched.size > 0) {
      await clock.sleep(GLANCE_EVERY_MS);
      const begun = clock.monotonic();
      const container = this.#options.container();
      const pause = this.#isAlarming(container, processes)
        ? cost * SHARE_IN_ALARM
        : Math.max(LOOK_EVERY_MS, cost * SHARE_OF_TIME);
      if (this.#watched.size === 0 || begun - looked < pause) continue;
      this.#judge(container);
      looked = clock.monotonic();
      cost = looked - begun;
      processes = container.processes ?? 0;
    }
    // in the turn of the last look: whoever comes next starts anew
    this.#looking = false;
  }

  /** Whether the container is about to be full, or has far more processes than at the last look. */
  #isAlarming({ memory, processes = 0 }: ContainerUsage, before: number): boolean {
    return processes - before > this.#options.limits.processes / 2 || isFull(memory);
  }

  #judge({ memory }: ContainerUsage): void {
    const { limits } = this.#options;
    const sums = this.#sums();
    for (const [watched, { threads, bytes, pids }] of sums) {
      if (threads > limits.processes) {
        watched.exceed('ProcessesExceeded', `${threads} processes and threads; ${limits.processes} are allowed`);
      } else if (limits.memory !== undefined && bytes > limits.memory) {
        const real = pids.reduce(
          (sum, pid) => sum + (proportionalBytes(pid) ?? this.#options.usage(pid)?.bytes ?? 0),
          0,
        );
        if (real <= limits.memory) continue;
        watched.exceed('OutOfMemory', `it used ${inBytes(real)} of memory; ${inBytes(limits.memory)} are allowed`);
      }
    }
    if (!memory || !isFull(memory)) return;
    const [greediest] = [...sums].sort(([, a], [, b]) => b.bytes - a.bytes);
    if (!greediest) return;
    const used = inBytes(greediest[1].bytes);
    greediest[0].exceed('OutOfMemory', `the container's ${inBytes(memory.limit)} ran out; it used most of it: ${used}`);
  }

  #sums(): Map<Watched, Sum> {
    const { proc, usage } = this.#options;
    const byMark = new Map([...this.#watched].map(watched => [watched.mark, watched]));
    const sums = new Map<Watched, Sum>();
    for (const pid of proc.pids()) {
      const mark = proc.lockLimit(pid);
      const watched = mark === undefined ? undefined : byMark.get(mark);
      const found = watched && usage(pid);
      if (!found) continue;
      const sum = sums.get(watched) ?? { threads: 0, bytes: 0, pids: [] };
      sum.threads += found.threads;
      sum.bytes += found.bytes;
      sum.pids.push(pid);
      sums.set(watched, sum);
    }
    return sums;
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

function isFull(memory: ContainerUsage['memory']): boolean {
  return memory !== undefined && memory.used >= memory.limit * FULL;
}
