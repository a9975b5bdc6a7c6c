import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../lib/remove-tree.ts';

/** The folder of an embedded default and what is where in it. Everything in it is its owner's alone. */
export interface Home {
  readonly dir: string;
  readonly database: string;
  readonly kubeconfig: string;
  /** The socket by which `krt local` speaks to the daemon. */
  readonly socket: string;
  readonly pods: string;
  readonly tokenFile: string;
  readonly portFile: string;
}

/** Makes the folder where it is missing. */
export async function openHome(dir: string): Promise<Home> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const at = (name: string) => join(dir, name);
  return {
    ...{ dir, database: at('krt.db'), kubeconfig: at('kubeconfig'), socket: at('control.sock') },
    ...{ pods: at('pods'), tokenFile: at('token'), portFile: at('port') },
  };
}

/** The bearer token of earlier starts, so that kubeconfigs that were copied go on working; else a new one. */
export async function loadToken({ tokenFile }: Home): Promise<string> {
  return (await readText(tokenFile)) || randomBytes(24).toString('base64url');
}

export async function saveToken({ tokenFile }: Home, token: string): Promise<void> {
  await replaceFile(tokenFile, token);
}

/** Removes all that an embedded default has made there, and nothing else: the folder may be any. */
export async function clearHome(home: Home): Promise<void> {
  const { dir, ...ours } = home;
  const more = ['local.log', 'local.log.old', 'volumes'].map(name => join(dir, name));
  for (const path of [...Object.values(ours), ...more]) {
    for (const ending of ['', '.new', '-wal', '-shm', '-journal']) await removeTree(`${path}${ending}`);
  }
}

/** The port of the last time; 0, any free one, at first. */
export async function loadPort({ portFile }: Home): Promise<number> {
  const port = Number(await readText(portFile));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
}

export async function savePort({ portFile }: Home, port: number): Promise<void> {
  await replaceFile(portFile, String(port));
}

/** Writes the kubeconfig (mode 0600) by which kubectl and krt come to `server`. */
export async function writeKubeconfig({ kubeconfig }: Home, server: string, token: string): Promise<void> {
  const name = 'krt-local';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
  };
  // JSON is YAML, and kubectl writes into it as into any other
  await replaceFile(kubeconfig, `${JSON.stringify(config, undefined, 2)}\n`);
}

async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
