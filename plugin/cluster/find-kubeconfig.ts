import { access, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { unavailableError, usageError } from '../errors.ts';
import { EMPTY_KUBECONFIG, type Kubeconfig, mergeKubeconfigs } from './kubeconfig.ts';
import { readKubeconfig } from './read-kubeconfig.ts';

/** Where to look. */
export interface Places {
  /** The value of --kubeconfig. */
  readonly flag: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Home directory of the user. */
  readonly home: string;
  /** Folder of the embedded default. */
  readonly krtHome: string;
  /** Whether an empty answer will do, because --server says where the API server is. */
  readonly optional: boolean;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The kubeconfig that counts: --kubeconfig, else the list in KUBECONFIG, else ~/.kube/config, else the service account
 * of the Pod that we run in; and last what `krt local up` wrote, so that krt works on a machine that has nothing else.
 */
export async function findKubeconfig(places: Places): Promise<Kubeconfig> {
  const { flag, env, home, krtHome } = places;
  if (flag !== undefined) {
    const found = await readKubeconfig(flag);
    if (!found) throw usageError(`there is no kubeconfig at ${flag}`);
    return found;
  }
  if (env['KUBECONFIG']) return readList(env['KUBECONFIG']);
  return (
    (await readKubeconfig(join(home, '.kube', 'config'))) ??
    (await readServiceAccount(env)) ??
    (await readKubeconfig(join(krtHome, 'kubeconfig'))) ??
    giveUp(places)
  );
}

async function readList(list: string): Promise<Kubeconfig> {
  const paths = list.split(delimiter).filter(path => path !== '');
  const files = await Promise.all(paths.map(readKubeconfig));
  const found = files.filter(file => file !== undefined);
  if (found.length === 0) throw usageError(`KUBECONFIG names no file that is there: ${list}`);
  return mergeKubeconfigs(found);
}

/**
 * In a Pod, kubelet says where the API server is, and mounts what is needed to speak to it; undefined anywhere else.
 */
export async function readServiceAccount(
  env: NodeJS.ProcessEnv,
  folder = SERVICE_ACCOUNT,
): Promise<Kubeconfig | undefined> {
  const [host, port] = [env['KUBERNETES_SERVICE_HOST'], env['KUBERNETES_SERVICE_PORT']];
  const tokenFile = `${folder}/token`;
  if (!host || !port || !(await isThere(tokenFile))) return undefined;
  const inside = await readFile(`${folder}/namespace`, 'utf8').catch(() => ''); // not every Pod has it
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    currentContext: 'in-cluster',
    clusters: new Map([['in-cluster', { server, 'certificate-authority': `${folder}/ca.crt` }]]),
    users: new Map([['in-cluster', { tokenFile }]]),
    contexts: new Map([['in-cluster', { cluster: 'in-cluster', user: 'in-cluster', namespace: inside.trim() }]]),
  };
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false, // whatever the reason: it can't be used
  );

function giveUp({ home, optional }: Places): Kubeconfig {
  if (optional) return EMPTY_KUBECONFIG;
  throw unavailableError(
    `there is no cluster to speak to: no ${join(home, '.kube', 'config')}, and KUBECONFIG is not set`,
    'start the embedded default, which needs nothing else: krt local up',
  );
}
