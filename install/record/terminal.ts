import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import headless, { type Terminal } from '@xterm/headless';
import { type Screen, screenOf } from './screen.ts';
import { COLUMNS, ROWS } from './session.ts';

const PROMPT = '$ ';
const KEY_MS = 35;
const QUIET_MS = 40;
const LOOK_MS = 15;

/** A shell on a terminal of its own, whose screen can be seen. */
export class ShellTerminal {
  readonly #shell: ChildProcessWithoutNullStreams;
  readonly #terminal: Terminal = new headless.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  readonly #frames: { ms: number; screen: Screen }[] = [];
  readonly #start = performance.now();

  constructor(env: NodeJS.ProcessEnv, cwd: string) {
    // a real terminal, of util-linux; its size has to be told before the shell asks for it
    const shell = `stty cols ${COLUMNS} rows ${ROWS}; exec bash --norc --noprofile`;
    this.#shell = spawn('script', ['--quiet', '--flush', '--command', shell, '/dev/null'], {
      cwd,
      env: { ...env, PS1: `\\[\\e[1;32m\\]${PROMPT.trim()}\\[\\e[0m\\] `, TERM: 'xterm-256color' },
    });
    this.#shell.stdout.on('data', (chunk: Buffer) => this.#terminal.write(chunk, () => this.#look()));
  }

  /** The screen at each moment at which it changed. */
  get frames(): readonly { readonly ms: number; readonly screen: Screen }[] {
    return this.#frames;
  }

  /** Types a command as a person would, and waits until the shell is ready for the next. */
  async type(command: string): Promise<void> {
    for (const key of command) {
      this.#shell.stdin.write(key);
      await delay(KEY_MS);
    }
    this.#shell.stdin.write('\r');
    await this.ready();
  }

  /** Waits for the prompt. */
  async ready(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_MS; ) {
      await delay(LOOK_MS);
      quiet = this.#isAtPrompt() ? quiet + LOOK_MS : 0;
    }
  }

  async end(): Promise<void> {
    const ended = new Promise(resolve => this.#shell.once('close', resolve));
    this.#shell.stdin.write('exit\r');
    await ended;
  }

  #isAtPrompt(): boolean {
    const { cursorX, cursorY, baseY } = this.#terminal.buffer.active;
    const line = this.#terminal.buffer.active.getLine(baseY + cursorY)?.translateToString(true) ?? '';
    return cursorX === PROMPT.length && line.trimEnd() === PROMPT.trimEnd();
  }

  #look(): void {
    const screen = screenOf(this.#terminal);
    if (JSON.stringify(screen) === JSON.stringify(this.#frames.at(-1)?.screen)) return;
    this.#frames.push({ ms: Math.round(performance.now() - this.#start), screen });
  }
}
