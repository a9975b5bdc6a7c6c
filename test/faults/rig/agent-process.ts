import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { tally } from './tally.ts';

/** How to start an agent. */
export interface AgentOptions {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[] | undefined;
  readonly nodeArgs?: readonly string[] | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Whether `setClock` does anything. */
  readonly canSetClock?: boolean;
  /** Done between an end that nobody asked for and the next start: what a cluster would do with time. */
  readonly beforeRestart?: (() => Promise<void>) | undefined;
}

const CLOCK_JUMP = `${import.meta.dirname}/clock-jump.ts`;

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** One agent as a process that is started again whenever it ends, as the kubelet does. */
export class AgentProcess {
  readonly options: AgentOptions;
  /** Environment on top of the options', from the next start on. */
  extraEnv: NodeJS.ProcessEnv = {};
  starts = 0;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: AgentOptions) {
    this.options = options;
    this.#start();
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** kill -9, told in the tally with where; it is started again. */
  kill(where = ''): void {
    tally.fault(`kill -9 ${this.options.name} ${where}`.trimEnd());
    this.#child?.kill('SIGKILL');
  }

  /** Somebody sets the wall clock of its machine: it is wrong by so much from now on, over a restart too. */
  setClock(offsetMs: number): void {
    tally.fault('clock set');
    writeFileSync(`${this.#clockFile}.new`, String(offsetMs));
    renameSync(`${this.#clockFile}.new`, this.#clockFile);
  }

  get #clockFile(): string {
    return `${this.options.logFile}.clock`;
  }

  /** SIGTERM, and no start after; resolves when it has ended. */
  terminate(): Promise<void> {
    this.#stopped = true;
    this.#child?.kill('SIGTERM');
    return this.#ended;
  }

  /** SIGKILL, and no start after; resolves when it has ended. */
  end(): Promise<void> {
    this.#stopped = true;
    this.#child?.kill('SIGKILL');
    return this.#ended;
  }

  #start(): void {
    const { script, args = [], nodeArgs = [], env, logFile, canSetClock } = this.options;
    const clockArgs = canSetClock ? ['--import', CLOCK_JUMP] : [];
    const log = openSync(logFile, 'a');
    // an open stdin, whose end tells the agents of a Pod that this process is gone
    const child = spawn(process.execPath, [...nodeArgs, ...clockArgs, script, ...args], {
      env: { ...env, ...this.extraEnv, ...(canSetClock && { KRT_CLOCK_FILE: this.#clockFile }) },
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    child.stdin?.on('error', () => undefined); // it was killed
    this.starts += 1;
    this.#child = child;
    alive.add(child);
    this.#ended = new Promise(resolve => {
      child.once('exit', () => {
        alive.delete(child);
        resolve();
        if (!this.#stopped) void this.#restart();
      });
    });
  }

  async #restart(): Promise<void> {
    await this.options.beforeRestart?.();
    if (!this.#stopped) this.#start();
  }
}
