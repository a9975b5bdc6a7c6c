import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { unavailableError, usageError } from '../../errors.ts';
import type { DaemonInfo } from './daemon.ts';
import { prepareFolder } from './home-folder.ts';

/** What a daemon is started with. */
export interface DaemonOptions {
  /** Its folder, made where it is missing. */
  readonly home: string;
  /** The bundle `dist/agents/local.js`. */
  readonly bundle: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** A log that is longer is put aside before a start. */
const LONG_LOG_BYTES = 1024 * 1024;

/** The daemon that is up, or why there is none. */
export type Answer = DaemonInfo | { readonly error: string; readonly isInUse?: boolean };

/**
 * Starts the daemon in a session of its own and resolves once it is up: undefined where another has the folder. A
 * start that is aborted leaves none behind.
 */
export async function startDaemon(options: DaemonOptions): Promise<DaemonInfo | undefined> {
  const { home, signal } = options;
  await prepareFolder(home);
  const child = await spawnDaemon(options);
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  let isUp = false;
  try {
    const answer = await readAnswer(child);
    signal.throwIfAborted();
    isUp = !('error' in answer);
    if (!('error' in answer)) return answer;
    if (answer.isInUse) return undefined;
    throw unavailableError(
      `the embedded default did not start: ${answer.error}`,
      `its log: ${join(home, 'local.log')}`,
    );
  } finally {
    signal.removeEventListener('abort', stop);
    if (!isUp && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    child.unref();
  }
}

async function spawnDaemon({ home, bundle, env }: DaemonOptions): Promise<ChildProcess> {
  await using log = await openLog(home);
  return spawn(process.execPath, [bundle], {
    cwd: home,
    env: { ...env, KRT_HOME: home, KRT_READY_FD: '3' },
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'pipe'],
  });
}

/** Appends: another daemon may have the folder, and its log. */
async function openLog(home: string): Promise<FileHandle> {
  const path = join(home, 'local.log');
  const { size } = await stat(path).catch(() => ({ size: 0 })); // the first start
  try {
    if (size > LONG_LOG_BYTES) await rename(path, `${path}.old`);
    return await open(path, 'a', 0o600);
  } catch (error) {
    throw usageError(`cannot write in the folder ${home}: ${(error as Error).message}`, 'set KRT_HOME to another one');
  }
}

/** What the bundle tells on the pipe that it was given. */
export async function readAnswer(child: ChildProcess): Promise<Answer> {
  const pipe = child.stdio[3] as Readable;
  let text = '';
  try {
    for await (const chunk of pipe.setEncoding('utf8')) text += chunk;
    return JSON.parse(text) as Answer;
  } catch {
    return { error: 'it ended at once' };
  }
}
