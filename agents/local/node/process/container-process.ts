import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import type { Clock } from '../../../lib/clock.ts';
import type { LogStream } from '../logs/cri-line.ts';
import { MARKING_SHELL } from './mark.ts';
import { identityOf } from './proc.ts';
import { send, sweep } from './sweep.ts';

/** A container to start: everything it gets, nothing is inherited. */
export interface ProcessSpec {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly mark: number;
  /** Give it an open stdin, whose end tells that the node is gone; otherwise stdin is empty. */
  readonly lifeline: boolean;
}

/** How a main process ended: exactly one of the two is set. */
export interface ProcessExit {
  readonly code?: number | undefined;
  readonly signal?: NodeJS.Signals | undefined;
}

/** A container that runs as a process, the leader of its own session and group. */
export interface ContainerProcess {
  readonly pid: number | undefined;
  /** Tells the process from a later one of the same id. */
  readonly identity: Promise<string | undefined>;
  /** Resolves when the main process and all that it left behind have ended, and all output was taken. Never rejects. */
  readonly ended: Promise<ProcessExit>;
  /** Asks the group to end. */
  terminate(): void;
  /** Kills whatever belongs to the container. */
  kill(): void;
}

/** Milliseconds in which output must end once all processes have. */
const OUTPUT_MS = 2000;

/** Starts a container's process; `onOutput` takes its output, in order, as it comes. */
export function startProcess(
  spec: ProcessSpec,
  clock: Clock,
  onOutput: (stream: LogStream, chunk: Buffer) => void,
): ContainerProcess {
  const { argv, env, cwd, mark, lifeline } = spec;
  const child = execa('/bin/sh', ['-c', MARKING_SHELL, 'krt-container', String(mark), ...argv], {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    cleanup: false, // the node ends it, in order
    buffer: false,
    reject: false,
    encoding: 'buffer',
    stdin: lifeline ? 'pipe' : 'ignore',
  });
  const { pid } = child;
  // it closes when the process ends, or never read it
  (child.stdin as Writable | null)?.on('error', () => undefined);
  const exit = new Promise<ProcessExit>(resolve => {
    child.once('exit', (code, signal) => resolve(signal ? { signal } : { code: code ?? 0 }));
    // it could not be started at all
    child.once('error', () => resolve({ code: 128 }));
  });
  child.catch(() => undefined); // told by the exit
  const outputs = [
    take(child.stdout as Readable | null, chunk => onOutput('stdout', chunk)),
    take(child.stderr as Readable | null, chunk => onOutput('stderr', chunk)),
  ];
  const started = () => ({ mark, ...(pid !== undefined && { pid }) });

  async function settle(): Promise<ProcessExit> {
    const result = await exit;
    // as in a container, whose processes go with its first one
    await sweep([started()], clock);
    const over = new AbortController();
    const late = clock.sleep(OUTPUT_MS, over.signal).catch(() => undefined); // all taken: not late
    await Promise.race([Promise.all(outputs), late]);
    over.abort();
    for (const stream of [child.stdout, child.stderr]) (stream as Readable | null)?.destroy();
    return result;
  }

  return {
    pid,
    identity: pid === undefined ? Promise.resolve(undefined) : identityOf(pid),
    ended: settle(),
    terminate: () => {
      if (pid !== undefined) send(-pid, 'SIGTERM');
    },
    kill: () => {
      if (pid !== undefined) send(-pid, 'SIGKILL');
      void sweep([started()], clock);
    },
  };
}

function take(stream: Readable | null, onChunk: (chunk: Buffer) => void): Promise<void> {
  if (!stream) return Promise.resolve();
  return new Promise(resolve => {
    stream.on('data', onChunk);
    stream.on('close', () => resolve());
    stream.on('error', () => resolve()); // the pipe broke: there is no more output
  });
}
