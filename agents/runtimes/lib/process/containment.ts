import type { Clock } from '../../../lib/clock.ts';
import { startedBetween } from './candidates.ts';
import { killUntilGone, type Look } from './kill-until-gone.ts';
import type { ForkCount, ProcReader } from './proc.ts';

/** What containment needs of the machine. */
export interface ContainmentOptions {
  readonly proc: ProcReader | undefined;
  /** `process.kill`, or a test's. */
  readonly kill: (pid: number, signal: NodeJS.Signals | 0) => void;
  readonly clock: Clock;
}

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
  /** Ids of processes that had ended when they were last looked at, and are not buried yet. */
  #zombies = new Set<number>();

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
    const members: number[] = [];
    this.#look(pid => members.push(pid));
    return members;
  }

  /**
   * Tells each living process that carries the mark as soon as it is found, the newest first: one that forks and ends
   * all the time is met only by who is quick. Gives whether none can have been missed: a process that is gone, or has
   * ended, by the time that it is looked at may have started another that was not listed.
   */
  #look(onMember: (pid: number, group: number) => void): boolean {
    const { proc } = this.#options;
    if (!proc) return true;
    const listed = proc.pids();
    let isSure = true;
    const zombies = new Set<number>();
    const candidates = startedBetween(listed, this.#since, this.#since && proc.forks());
    for (const pid of candidates.toSorted((a, b) => b - a)) {
      const mark = proc.lockLimit(pid);
      if (mark === undefined ? proc.exists(pid) : !this.#owns(mark)) continue;
      const group = mark === undefined ? undefined : proc.group(pid);
      if (group !== undefined) onMember(pid, group);
      else if (proc.exists(pid)) zombies.add(pid);
      if (group === undefined && !this.#zombies.has(pid)) isSure = false;
    }
    this.#zombies = zombies;
    return isSure;
  }

  /** Whether any process is left, the main one aside. */
  get empty(): boolean {
    if (this.#options.proc) return this.members().length === 0;
    return this.#mainPid === undefined || !this.#send(-this.#mainPid, 0);
  }

  /** Kills whatever is left, again and again until looks around find none; gives how many could not be killed. */
  killAll(): Promise<number> {
    return killUntilGone(() => this.#killOnce(), this.#options.clock);
  }

  #killOnce(): Look {
    if (!this.#options.proc) {
      const isLeft = this.#mainPid !== undefined && this.#send(-this.#mainPid, 'SIGKILL');
      return { left: isLeft ? 1 : 0, isSure: true };
    }
    let left = 0;
    const groups = new Set<number>();
    const isSure = this.#look((pid, group) => {
      left += 1;
      // Each group as a whole, so that its members can't fork between two kills. Only our own processes can be in it,
      // as a group never crosses sessions and the first session was made for this execution.
      if (group > 1 && !groups.has(group)) this.#send(-group, 'SIGKILL');
      groups.add(group);
      this.#send(pid, 'SIGKILL');
    });
    return { left, isSure };
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
