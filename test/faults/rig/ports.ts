import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { systemClock } from '../../../agents/lib/clock.ts';

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves once `ask` gives something that is true; asked every few milliseconds, as a probe does. */
export async function becomes(what: string, ask: () => Promise<boolean> | boolean, boundMs = 20_000): Promise<void> {
  const end = performance.now() + boundMs;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${boundMs} ms`);
    await systemClock.sleep(20);
  }
}

/** Whether something listens on `port`. */
export async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // refused: not yet
  } finally {
    socket.destroy();
  }
}

/** Whether `path` of `port` answers with 200. */
export async function answersOk(port: number, path: string): Promise<boolean> {
  try {
    const { status, body } = await fetch(`http://127.0.0.1:${port}${path}`);
    await body?.cancel();
    return status === 200;
  } catch {
    return false; // not yet, or not any more
  }
}
