import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '../../../../crds/client/resources.ts';
import { replacePort } from '../pod/ports.ts';
import type { NodeContainer } from '../pod/spec.ts';
import { inside } from '../volumes/prepare-volumes.ts';
import { ConfigError } from './config-error.ts';
import type { References } from './config-objects.ts';
import { containerEnv } from './env.ts';
import { expand } from './expand.ts';
import { LOOPBACK } from './field.ts';
import { type HostMount, type PathMap, pathMap } from './host-paths.ts';
import { argvOf, type Image, wordOf } from './images.ts';

/** What a container becomes a process with. */
export interface ContainerContext {
  readonly pod: Pod;
  readonly container: NodeContainer;
  readonly image: Image;
  /** Directories of the Pod's volumes by name. */
  readonly volumes: ReadonlyMap<string, string>;
  readonly references: References;
  /** Ports of the Pod that are replaced, and what by. */
  readonly ports: ReadonlyMap<number, number>;
  /** A directory of the container's own, for its HOME and TMPDIR. */
  readonly dir: string;
  /** PATH of this machine. */
  readonly searchPath: string;
  /** Kubeconfig for a container that mounts a ServiceAccount token. */
  readonly kubeconfig: string;
}

/** What to start: program with arguments, environment, working directory. */
export interface Command {
  readonly argv: string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** A word of another command in the container, as it is on this machine. */
  readonly translate: (word: string) => string;
}

/** Translates a container into a command of this machine. Throws ConfigError for what is missing or not supported. */
export async function commandOf(context: ContainerContext): Promise<Command> {
  const { pod, container, image, references, ports, dir } = context;
  const home = join(dir, 'home');
  const tmp = join(dir, 'tmp');
  for (const each of [home, tmp]) await mkdir(each, { recursive: true, mode: 0o700 });
  const paths = pathMap(await hostMounts(context));
  const own = containerEnv(container, pod, references);
  const env: Record<string, string> = {
    PATH: context.searchPath,
    HOME: home,
    LANG: 'C.UTF-8',
    TMPDIR: tmp,
    ...(mountsToken(context) && { KUBECONFIG: context.kubeconfig }),
    // probes come from this machine alone
    ...(image.lifeline && { KRT_EXIT_WITH_STDIN: '1', KRT_HEALTH_HOST: LOOPBACK }),
  };
  for (const [name, value] of own) env[name] = paths.translate(replacePort(name, value, ports));
  const argv = argvOf(image, container).map(word => paths.translate(expand(word, own)));
  const translate = (word: string) => paths.translate(wordOf(image, word));
  return { argv, env, cwd: await workingDir(container, paths, home), translate };
}

async function hostMounts({ container, volumes }: ContainerContext): Promise<HostMount[]> {
  const mounts: HostMount[] = [];
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const volume = volumes.get(name);
    if (volume === undefined) throw new ConfigError(`volume "${name}" is not prepared`);
    const hostPath = subPath ? inside(volume, subPath) : volume;
    const found = await stat(hostPath).catch(() => undefined); // not there yet: made, as kubelets do
    if (!found) await mkdir(hostPath, { recursive: true, mode: 0o700 });
    mounts.push({ mountPath, hostPath });
  }
  return mounts;
}

/** Whether one of the container's volumes projects a ServiceAccount token. */
function mountsToken({ pod, container }: ContainerContext): boolean {
  const mounted = new Set(container.volumeMounts?.map(({ name }) => name));
  return (pod.spec.volumes ?? []).some(({ name, projected }) => {
    const { sources = [] } = (projected ?? {}) as { sources?: object[] };
    return mounted.has(name) && sources.some(source => 'serviceAccountToken' in source);
  });
}

/** The directory in a volume that `workingDir` names; one that would be in the image is not there. */
async function workingDir({ workingDir: wanted }: NodeContainer, paths: PathMap, home: string): Promise<string> {
  const translated = wanted === undefined ? undefined : paths.translate(wanted);
  if (translated === undefined || translated === wanted) return home;
  await mkdir(translated, { recursive: true, mode: 0o700 });
  return translated;
}
