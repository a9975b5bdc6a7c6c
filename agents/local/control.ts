import { unlink } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';

/** What the daemon tells of itself; plain data, the answer on the control socket. */
export interface DaemonInfo {
  readonly pid: number;
  readonly version: string;
  /** URL of the API server, without credentials. */
  readonly server: string;
  readonly kubeconfig: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

/**
 * Listens on the control socket: `status` is answered with the DaemonInfo as a line of JSON; `stop MS` calls `onStop`
 * with the grace, and the connection ends with the process: so the caller knows that nothing is left. A process id in
 * a file could be another's by now; a socket that answers can't.
 */
export async function serveControl(path: string, info: DaemonInfo, onStop: (graceMs: number) => void): Promise<void> {
  const server = createServer(socket => answer(socket, info, onStop));
  // nobody listens: the caller holds the database, so that a socket that is there is left over
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  server.unref();
}

function answer(socket: Socket, info: DaemonInfo, onStop: (graceMs: number) => void): void {
  let text = '';
  socket.on('error', () => undefined); // the caller went away
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (!text.includes('\n')) return;
    const [verb, argument] = text.slice(0, text.indexOf('\n')).split(' ');
    if (verb === 'stop') onStop(Number(argument) || 0);
    else socket.end(verb === 'status' ? `${JSON.stringify(info)}\n` : '{}\n');
  });
}
