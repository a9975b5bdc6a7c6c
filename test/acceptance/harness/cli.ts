import { type ChildProcess, spawn } from 'node:child_process';
import { DEADLINE_MS } from './settings.ts';

/** How a process ended; a signal's number is not turned into a code. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as it came. */
  readonly bytes: Buffer;
}

/** A process under way. */
export interface Started {
  readonly child: ChildProcess;
  readonly done: Promise<Finished>;
  /** Resolves once stdout or stderr has shown `text`; throws when the process ends before. */
  shows(text: string | RegExp): Promise<void>;
  stdout(): string;
  stderr(): string;
}

export interface StartOptions {
  /** Text for stdin; `open` leaves it open, `closed` (the default) gives it no byte. */
  stdin?: string | Buffer | 'closed' | 'open';
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Words for Node itself, where it is what is started. */
  nodeArgs?: readonly string[];
  /** Milliseconds until it is killed; 0: never. */
  deadlineMs?: number;
}

/** Starts a program with its output collected; it is killed at the deadline. */
export function start(file: string, args: readonly string[], options: StartOptions = {}): Started {
  const { stdin = 'closed', env, cwd, deadlineMs = DEADLINE_MS } = options;
  const child = spawn(file, args, { env, cwd, stdio: [stdin === 'closed' ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const waiting = new Set<() => void>();
  const collect = (into: Buffer[]) => (chunk: Buffer) => {
    into.push(chunk);
    for (const ask of waiting) ask();
  };
  child.stdout!.on('data', collect(out));
  child.stderr!.on('data', collect(err));
  const textOf = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8');
  if (child.stdin) {
    child.stdin.on('error', () => undefined); // a program that ends without reading all of it is judged by its exit
    if (stdin !== 'open') child.stdin.end(stdin);
  }
  const timer = deadlineMs > 0 ? setTimeout(() => child.kill('SIGKILL'), deadlineMs) : undefined;
  const done = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout: textOf(out), stderr: textOf(err), bytes: Buffer.concat(out) });
    });
  });
  return {
    child,
    done,
    stdout: () => textOf(out),
    stderr: () => textOf(err),
    shows: text =>
      new Promise((resolve, reject) => {
        const ask = () => {
          const all = `${textOf(out)}${textOf(err)}`;
          if (typeof text === 'string' ? !all.includes(text) : !text.test(all)) return;
          waiting.delete(ask);
          resolve();
        };
        waiting.add(ask);
        ask();
        const tell = (end: Finished) =>
          reject(new Error(`ended (${end.code ?? end.signal}) before it showed ${text}:\n${end.stdout}${end.stderr}`));
        done.then(tell, reject);
      }),
  };
}

/** Runs a program to its end. */
export function run(file: string, args: readonly string[], options: StartOptions = {}): Promise<Finished> {
  return start(file, args, options).done;
}
