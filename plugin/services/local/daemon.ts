import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { unavailableError } from '../../errors.ts';
import { socketPath } from './home-folder.ts';

/** What the daemon of the embedded default tells of itself on its control socket. */
export interface DaemonInfo {
  readonly pid: number;
  readonly version: string;
  /** URL of its API server, without credentials. */
  readonly server: string;
  readonly kubeconfig: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** The daemon whose folder is `home`, if one runs: it answers, or there is none. */
export async function askDaemon(home: string, signal: AbortSignal): Promise<DaemonInfo | undefined> {
  const socket = await reach(home, signal);
  if (!socket) return undefined;
  socket.write('status\n');
  const text = await readAll(socket, signal);
  // it was on its way out: by now there is none
  return text === '' ? undefined : (JSON.parse(text) as DaemonInfo);
}

/** Asks the daemon to end, its Pods' processes by force after `graceMs`; resolves once it has: false where none ran. */
export async function stopDaemon(home: string, graceMs: number, signal: AbortSignal): Promise<boolean> {
  const socket = await reach(home, signal);
  if (!socket) return false;
  socket.write(`stop ${graceMs}\n`);
  await readAll(socket, signal); // the connection ends with the process
  return true;
}

async function reach(home: string, signal: AbortSignal): Promise<Socket | undefined> {
  const path = socketPath(home);
  if (!path) return undefined;
  const socket = connect(path);
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') return undefined;
    throw unavailableError(`cannot speak to the embedded default in ${home}: ${message}`, undefined, error);
  }
}

async function readAll(socket: Socket, signal: AbortSignal): Promise<string> {
  let text = '';
  try {
    for await (const chunk of addAbortSignal(signal, socket.setEncoding('utf8'))) text += chunk;
  } catch {
    signal.throwIfAborted();
    // else cut by the end of the process, as good as an end
  }
  return text;
}
