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

/** What the control socket acts on. */
export interface Controlled {
  /** Undefined once it is on its way out: whoever asks for it then should not count on it. */
  info(): DaemonInfo | undefined;
  stop(graceMs: number): void;
}

/**
 * Listens on the control socket: `status` is answered with the DaemonInfo as a line of JSON, or with nothing; `stop MS`
 * stops with that grace, and the connection ends with the process: so the caller knows that nothing is left. A process
 * id in a file could be another's by now; a socket that answers can't.
 */
export async function serveControl(path: string, controlled: Controlled): Promise<void> {
  const server = createServer(socket => answer(socket, controlled));
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

function answer(socket: Socket, { info, stop }: Controlled): void {
  let text = '';
  socket.on('error', () => undefined); // the caller went away
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (!text.includes('\n')) return;
    const [verb, argument] = text.slice(0, text.indexOf('\n')).split(' ');
    text = '';
    if (verb === 'stop') return stop(Number(argument) || 0);
    const known = verb === 'status' ? info() : undefined;
    socket.end(known ? `${JSON.stringify(known)}\n` : '');
  });
}
