import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TOKEN } from './harness.ts';

/** An API server in a process of its own. */
export interface ChildServer {
  readonly url: string;
  readonly stderr: () => string;
  /** Ends it at once, as a power cut or the OOM killer would. */
  kill(): Promise<void>;
  /** Ends it in good order. */
  stop(): Promise<void>;
  send(method: string, path: string, body?: object): Promise<Response>;
}

const SERVE = join(import.meta.dirname, 'serve.ts');

/** Starts a server on the files in `dir`; `limitKiB` bounds the size of every file that it writes. */
export async function startChild(dir: string, { limitKiB }: { limitKiB?: number } = {}): Promise<ChildServer> {
  const command = `${limitKiB === undefined ? '' : `ulimit -f ${limitKiB}; `}exec "$0" "$1" "$2"`;
  const child = spawn('bash', ['-c', command, process.execPath, SERVE, dir], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const [first] = (await Promise.race([once(child.stdout, 'data'), failure(child, () => stderr)])) as [Buffer];
  const url = first.toString().trim();
  const end = async (signal: NodeJS.Signals) => {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    url,
    stderr: () => stderr,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    send: (method, path, body) =>
      fetch(`${url}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${TOKEN}`,
          'Content-Type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        },
        ...(body && { body: JSON.stringify(body) }),
      }),
  };
}

async function failure(child: ChildProcess, stderr: () => string): Promise<never> {
  const [code, signal] = await once(child, 'exit');
  throw new Error(`the server ended with ${code ?? signal}:\n${stderr()}`);
}
