import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../../../lib/clock.ts';
import type { LogStream } from '../logs/cri-line.ts';
import { marked } from './mark.ts';
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

/** How a main process ended: exactly one of these is set. */
export interface ProcessExit {
  readonly code?: number;
  readonly signal?: NodeJS.Signals;
  /** Why there was no process at all. */
  readonly failure?: string;
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

/** Starts a container's process; `onOutput` takes its output, in order, as it comes. Never throws: a failure is an end. */
export function startProcess(
  spec: ProcessSpec,
  clock: Clock,
  onOutput: (stream: LogStream, chunk: Buffer) => void,
): ContainerProcess {
  const { mark } = spec;
  let child: ChildProcess;
  try {
    child = launch(spec);
  } catch (error) {
    return neverStarted((error as Error).message);
  }
  const { pid } = child;
  let isOver = false;
  // it closes when the process ends, or never read it
  child.stdin?.on('error', () => undefined);
  const exit = new Promise<ProcessExit>(resolve => {
    child.once('exit', (code, signal) => {
      isOver = true;
      resolve(signal ? { signal } : { code: code ?? 0 });
    });
    child.once('error', ({ message }) => resolve({ failure: message }));
  });
  const outputs = [
    take(child.stdout, chunk => onOutput('stdout', chunk)),
    take(child.stderr, chunk => onOutput('stderr', chunk)),
  ];

  async function settle(): Promise<ProcessExit> {
    const result = await exit;
    // as in a container, whose processes go with its first one: its group, and what has left that
    if (pid !== undefined) send(-pid, 'SIGKILL');
    await sweep([{ mark }], clock);
    const over = new AbortController();
    const late = clock.sleep(OUTPUT_MS, over.signal).catch(() => undefined); // all taken: not late
    await Promise.race([Promise.all(outputs), late]);
    over.abort();
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
    return result;
  }

  // once it has ended, another process may have its id
  const sendGroup = (signal: NodeJS.Signals) => {
    if (pid !== undefined && !isOver) send(-pid, signal);
  };
  return {
    pid,
    identity: pid === undefined ? Promise.resolve(undefined) : identityOf(pid),
    ended: settle(),
    terminate: () => sendGroup('SIGTERM'),
    kill: () => {
      sendGroup('SIGKILL');
      void sweep([{ mark }], clock);
    },
  };
}

/** Throws for what no process can be given: an environment that is too large, a NUL in it. */
function launch({ argv, env, cwd, mark, lifeline }: ProcessSpec): ChildProcess {
  const stdio = [lifeline ? 'pipe' : 'ignore', 'pipe', 'pipe'] as const;
  return spawn(...marked(mark, argv), { cwd, env, detached: true, stdio: [...stdio] });
}

function neverStarted(failure: string): ContainerProcess {
  const nothing = () => undefined;
  const identity = Promise.resolve(undefined);
  return { pid: undefined, identity, ended: Promise.resolve({ failure }), terminate: nothing, kill: nothing };
}

function take(stream: Readable | null, onChunk: (chunk: Buffer) => void): Promise<void> {
  if (!stream) return Promise.resolve();
  return new Promise(resolve => {
    stream.on('data', onChunk);
    stream.on('close', () => resolve());
    stream.on('error', () => resolve()); // the pipe broke: there is no more output
  });
}
