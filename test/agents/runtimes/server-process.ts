import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const MAIN = fileURLToPath(new URL('../../../agents/runtimes/bash/main.ts', import.meta.url));

/** A bash Runtime Server as a process of its own. */
export type Server = ReturnType<typeof launch>;

/** Starts a bash Runtime Server with `env` added to the environment of the test. */
export function launch(env: Record<string, string>) {
  return execa(process.execPath, [MAIN], { env, reject: false, all: true });
}

/** A port on loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}
