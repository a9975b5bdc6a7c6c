import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { NODE_FLAGS } from '../../../agents/lib/node-flags.ts';

/** A Runtime Server as a process of its own. */
export type Server = ReturnType<typeof launch>;

/** Starts the built-in Runtime Server `name`, as it is built, with `env` added to the environment of the test. */
export function launch(env: Record<string, string>, name = 'bash') {
  const bundle = fileURLToPath(new URL(`../../../dist/agents/${name}-runtime.js`, import.meta.url));
  return execa(process.execPath, [...NODE_FLAGS, bundle], { env, reject: false, all: true });
}

/** A port on loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}
