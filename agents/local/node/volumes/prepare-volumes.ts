import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { Pod } from '../../../../crds/client/resources.ts';
import type { Volume } from '../../../../crds/v1alpha1/runtime.ts';
import { ConfigError } from '../container/config-error.ts';
import type { References } from '../container/config-objects.ts';
import { type FileSources, filesOf } from './projected.ts';

/** What volumes are made from. */
export interface VolumeContext {
  readonly pod: Pod;
  /** Directory for the volumes that live and die with the Pod. */
  readonly podDir: string;
  /** Directory for claims: they outlive Pods. */
  readonly claimsDir: string;
  readonly references: References;
  /** What a projected ServiceAccount token is. */
  readonly token: string;
  /** Binds a claim; throws ConfigError where there is none of that name. */
  readonly bindClaim: (namespace: string, name: string) => Promise<void>;
}

/**
 * Makes the Pod's volumes and gives their directories by name; those that are there already keep what is in them.
 * `medium: Memory` and size limits are hints that this node does not take. Throws ConfigError for what is missing.
 */
export async function prepareVolumes(context: VolumeContext): Promise<Map<string, string>> {
  const dirs = new Map<string, string>();
  for (const volume of context.pod.spec.volumes ?? []) dirs.set(volume.name, await prepare(volume, context));
  return dirs;
}

interface Sources extends FileSources {
  emptyDir?: object;
  hostPath?: { path: string; type?: string };
  persistentVolumeClaim?: { claimName: string };
  projected?: { sources?: FileSources[] };
}

async function prepare(volume: Volume, context: VolumeContext): Promise<string> {
  const { name, ...rest } = volume;
  const source = rest as Sources;
  const { pod, podDir, claimsDir, references, token, bindClaim } = context;
  const { namespace = 'default' } = pod.metadata;
  if (source.hostPath) return hostDir(source.hostPath);
  if (source.persistentVolumeClaim) {
    const { claimName } = source.persistentVolumeClaim;
    await bindClaim(namespace, claimName);
    return makeDir(join(claimsDir, namespace, claimName));
  }
  const dir = await makeDir(join(podDir, name));
  if (source.emptyDir) return dir;
  const sources = source.projected?.sources ?? [source];
  const known = ['projected', 'configMap', 'secret', 'downwardAPI'].some(kind => kind in source);
  if (!known)
    throw new ConfigError(`volume "${name}": ${Object.keys(rest)[0]} is not supported by the embedded default`);
  for (const [path, content] of filesOf(sources, pod, references, token)) {
    const file = inside(dir, path);
    await makeDir(dirname(file));
    await writeFile(file, content, { mode: 0o600 });
  }
  return dir;
}

async function hostDir({ path, type = '' }: { path: string; type?: string }): Promise<string> {
  if (type === 'DirectoryOrCreate') return makeDir(path);
  const found = await stat(path).catch(() => undefined); // not there: told below
  if (!found && type !== '') throw new ConfigError(`hostPath ${path} does not exist`);
  // an absent type checks nothing; container runtimes make a missing directory
  return found ? path : makeDir(path);
}

/** `path` below `dir`; throws ConfigError where it leads out of it. */
export function inside(dir: string, path: string): string {
  const full = normalize(join(dir, path));
  if (full !== dir && !full.startsWith(`${dir}/`)) throw new ConfigError(`path ${path} leads out of its volume`);
  return full;
}

async function makeDir(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return dir;
}
