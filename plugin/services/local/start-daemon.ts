import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { unavailableError, usageError } from '../../errors.ts';
import type { DaemonInfo } from './daemon.ts';

/** What a daemon is started with. */
export interface DaemonOptions {
  /** Its folder, made where it is missing. */
  readonly home: string;
  /** The bundle `dist/agents/local.js`. */
  readonly bundle: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Longest path of a Unix socket, on macOS; Linux takes 4 more. */
const SOCKET_PATH_BYTES = 103;

/** Starts the daemon in a session of its own and resolves once it is up; a start that is aborted leaves none behind. */
export async function startDaemon({ home, bundle, env, signal }: DaemonOptions): Promise<DaemonInfo> {
  if (Buffer.byteLength(join(home, 'control.sock')) > SOCKET_PATH_BYTES)
    throw usageError(`the path of KRT_HOME is too long for a socket in it: ${home}`, 'choose a shorter KRT_HOME');
  await makeFolder(home);
  const child = await spawnDaemon(home, bundle, env);
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answer = await firstLine(child);
    signal.throwIfAborted();
    if (answer && !('error' in answer)) return answer;
    throw notStarted(home, answer?.error);
  } finally {
    signal.removeEventListener('abort', stop);
    if (signal.aborted && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    child.unref();
  }
}

/** Ends the processes that a daemon which was killed has left behind. */
export async function sweepLeftovers({ home, bundle, env }: Omit<DaemonOptions, 'signal'>): Promise<void> {
  const child = spawn(process.execPath, [bundle, 'sweep'], { env: { ...env, KRT_HOME: home }, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0)
    throw unavailableError('some processes of the embedded default would not end', 'see them with: ps -ef');
}

async function makeFolder(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw usageError(`cannot make the folder ${home}: ${(error as Error).message}`, 'set KRT_HOME to another one');
  }
}

async function spawnDaemon(home: string, bundle: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const path = join(home, 'local.log');
  await rename(path, `${path}.old`).catch(() => undefined); // the first start
  await using log = await open(path, 'a', 0o600);
  return spawn(process.execPath, [bundle], {
    cwd: home,
    env: { ...env, KRT_HOME: home, KRT_READY_FD: '3' },
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'pipe'],
  });
}

async function firstLine(child: ChildProcess): Promise<DaemonInfo | { error: string } | undefined> {
  const pipe = child.stdio[3] as Readable;
  let text = '';
  try {
    for await (const chunk of pipe.setEncoding('utf8')) text += chunk;
  } catch (error) {
    return { error: (error as Error).message };
  }
  return text === '' ? undefined : (JSON.parse(text) as DaemonInfo | { error: string });
}

function notStarted(home: string, why = 'it ended at once'): Error {
  if (/database is locked/.test(why))
    return unavailableError(`another embedded default starts or stops in ${home}`, 'try again in a moment');
  return unavailableError(`the embedded default did not start: ${why}`, `its log: ${join(home, 'local.log')}`);
}
