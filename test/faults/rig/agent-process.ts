import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { tally } from './tally.ts';

/** How to start an agent. */
export interface AgentOptions {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[] | undefined;
  readonly nodeArgs?: readonly string[] | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Done between an end that nobody asked for and the next start: what a cluster would do with time. */
  readonly beforeRestart?: (() => Promise<void>) | undefined;
}

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
    const { script, args = [], nodeArgs = [], env, logFile } = this.options;
    const log = openSync(logFile, 'a');
    // an open stdin, whose end tells the agents of a Pod that this process is gone
    const child = spawn(process.execPath, [...nodeArgs, script, ...args], {
      env: { ...env, ...this.extraEnv },
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
