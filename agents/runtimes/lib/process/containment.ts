import type { Clock } from '../../../lib/clock.ts';
import { startedBetween } from './candidates.ts';
import type { ForkCount, ProcReader } from './proc.ts';

/** What containment needs of the machine. */
export interface ContainmentOptions {
  readonly proc: ProcReader | undefined;
  /** `process.kill`, or a test's. */
  readonly kill: (pid: number, signal: NodeJS.Signals | 0) => void;
  readonly clock: Clock;
}

/** The longest time that ending what was killed may take: beyond it, it hangs in the kernel. */
const LONGEST_DEATH_MS = 30_000;

/**
 * All processes of one execution. Each carries its mark: a value of RLIMIT_LOCKS, a limit without any effect since
 * Linux 2.4, which every descendant inherits and only root can raise, so it survives setsid, double forks, closed
 * files and an emptied environment. Where there is no /proc, it's the process group alone.
 */
export class Containment {
  readonly #options: ContainmentOptions;
  readonly #owns: (mark: string) => boolean;
  readonly #since: ForkCount | undefined;
  #mainPid: number | undefined;

  /** To be made before the main process starts; `since` tells what the machine had started by then. */
  constructor(owns: (mark: string) => boolean, options: ContainmentOptions, since?: ForkCount) {
    this.#owns = owns;
    this.#options = options;
    this.#since = since;
  }

  /** The main process runs, as the leader of its own group. */
  started(pid: number): void {
    this.#mainPid = pid;
  }

  /** The main process was reaped, so that its id may be anyone's. */
  mainEnded(): void {
    if (this.#options.proc) this.#mainPid = undefined;
  }

  /** Sends `signal` once to each process; gives how many there were (a group of unknown size counts as one). */
  signal(signal: NodeJS.Signals): number {
    const { proc } = this.#options;
    const group = this.#mainPid;
    // The main process may not carry its mark yet; and a group is signalled in one step, which beats a fork bomb.
    let reached = group !== undefined && this.#send(-group, signal) ? 1 : 0;
    for (const pid of this.members()) {
      if (group !== undefined && proc?.group(pid) === group) continue;
      if (this.#send(pid, signal)) reached += 1;
    }
    return reached;
  }

  /** Ids of the living processes that carry the mark. */
  members(): number[] {
    const { proc } = this.#options;
    if (!proc) return [];
    const listed = proc.pids();
    return startedBetween(listed, this.#since, this.#since && proc.forks()).filter(pid => {
      const mark = proc.lockLimit(pid);
      return mark !== undefined && this.#owns(mark) && proc.group(pid) !== undefined;
    });
  }

  /** Whether any process is left, the main one aside. */
  get empty(): boolean {
    if (this.#options.proc) return this.members().length === 0;
    return this.#mainPid === undefined || !this.#send(-this.#mainPid, 0);
  }

  /** Kills whatever is left, again and again until a look around finds none; gives how many could not be killed. */
  async killAll(): Promise<number> {
    const { clock } = this.#options;
    const giveUp = clock.monotonic() + LONGEST_DEATH_MS;
    for (let pause = 1; ; pause = Math.min(pause * 2, 100)) {
      const left = this.#killOnce();
      if (left === 0 || clock.monotonic() > giveUp) return left;
      await clock.sleep(pause);
    }
  }

  #killOnce(): number {
    const { proc } = this.#options;
    if (!proc) return this.#mainPid !== undefined && this.#send(-this.#mainPid, 'SIGKILL') ? 1 : 0;
    const members = this.members();
    // Each group as a whole, so that its members can't fork between two kills. Only our own processes can be in it,
    // as a group never crosses sessions and the first session was made for this execution.
    const groups = new Set(members.map(pid => proc.group(pid)).filter(group => group !== undefined && group > 1));
    for (const group of groups) this.#send(-group!, 'SIGKILL');
    for (const pid of members) this.#send(pid, 'SIGKILL');
    return members.length;
  }

  #send(pid: number, signal: NodeJS.Signals | 0): boolean {
    try {
      this.#options.kill(pid, signal);
      return true;
    } catch {
      return false; // ESRCH: ended meanwhile. EPERM: a set-uid program, which its own end alone can end.
    }
  }
}
