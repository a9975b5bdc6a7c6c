import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { usageError } from '../errors.ts';
import type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from './kubeconfig.ts';

/** The kubeconfig at `path`, its relative paths made absolute; undefined where no file is there. */
export async function readKubeconfig(path: string): Promise<Kubeconfig | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw usageError(`cannot read the kubeconfig ${path}: ${code === 'EISDIR' ? 'it is a directory' : message}`);
  }
  return toKubeconfig(await parseFile(text, path), path);
}

async function parseFile(text: string, path: string): Promise<unknown> {
  // a BOM is what some editors of Windows leave
  const bare = text.replace(/^\uFEFF/, '');
  const json = bare.startsWith('{') ? parseJson(bare) : undefined;
  if (json !== undefined) return json;
  const { parseYaml } = await import('./parse-yaml.ts');
  try {
    return parseYaml(bare);
  } catch (error) {
    const [first] = (error as Error).message.split('\n');
    throw usageError(`the kubeconfig ${path} is not YAML: ${first?.replace(/:$/, '')}`);
  }
}

/** JSON, as `krt local up` writes it, without the YAML parser, which costs each start 10 ms; undefined where it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // YAML may begin with a brace too
  }
}

function toKubeconfig(file: unknown, path: string): Kubeconfig {
  const content = (file ?? {}) as Record<string, unknown>;
  if (typeof content !== 'object' || Array.isArray(content)) throw usageError(`${path} is not a kubeconfig`);
  const entries = <T>(list: string, field: string): Map<string, T> => {
    const items = content[list] ?? [];
    if (!Array.isArray(items)) throw usageError(`the kubeconfig ${path}: ${list} is not a list`);
    return new Map(items.map(item => [String(item?.name ?? ''), (item?.[field] ?? {}) as T]));
  };
  const absolute = <T extends object>(entry: T, ...fields: (keyof T)[]): T => {
    const copy = { ...entry };
    for (const field of fields) {
      const value = copy[field];
      if (typeof value === 'string' && value !== '' && !isAbsolute(value))
        copy[field] = join(dirname(path), value) as never;
    }
    return copy;
  };
  const clusters = entries<ClusterEntry>('clusters', 'cluster');
  const users = entries<UserEntry>('users', 'user');
  for (const [name, cluster] of clusters) clusters.set(name, absolute(cluster, 'certificate-authority'));
  for (const [name, user] of users) {
    const withFiles = absolute(user, 'client-certificate', 'client-key', 'tokenFile');
    // a command with a slash is a path, one without is looked up in PATH
    if (withFiles.exec?.command?.includes('/')) withFiles.exec = absolute(withFiles.exec, 'command');
    users.set(name, withFiles);
  }
  return {
    currentContext: String(content['current-context'] ?? ''),
    clusters,
    users,
    contexts: entries<ContextEntry>('contexts', 'context'),
  };
}
