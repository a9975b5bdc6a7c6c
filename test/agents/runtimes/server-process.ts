import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** A Runtime Server as a process of its own. */
export type Server = ReturnType<typeof launch>;

/** Starts the built-in Runtime Server `name` with `env` added to the environment of the test. */
export function launch(env: Record<string, string>, name = 'bash') {
  const main = fileURLToPath(new URL(`../../../agents/runtimes/${name}/main.ts`, import.meta.url));
  return execa(process.execPath, [main], { env, reject: false, all: true });
}

/** A port on loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}
