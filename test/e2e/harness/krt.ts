import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { execa } from 'execa';
import { type Clients, makeClients } from '../../../crds/client/index.ts';
import { CLUSTER_KUBECONFIG, ROOT } from '../../acceptance/harness/settings.ts';

/** The kustomization that installs krt; another one where the images come from a registry (see test/cluster/e2e.sh). */
const KUSTOMIZATION = process.env['KRT_E2E_KUSTOMIZATION'] ?? join(ROOT, 'install');

/** What mocha allows a hook that installs or uninstalls. */
export const INSTALL_TIMEOUT_MS = 240_000;

/** The kubeconfig of the cluster under test; throws without one, as e2e has no embedded stand-in. */
export function clusterKubeconfig(): string {
  if (!CLUSTER_KUBECONFIG) throw new Error('KRT_ACCEPTANCE_KUBECONFIG is not set: run test/cluster/e2e.sh');
  return CLUSTER_KUBECONFIG;
}

/** Clients with the rights of the kubeconfig's user. */
export function clusterClients(): Clients {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(clusterKubeconfig());
  return makeClients(kubeConfig);
}

/** What kubectl prints; rejects with its stderr. */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const env = { KUBECONFIG: clusterKubeconfig() };
  const { stdout } = await execa('kubectl', args, { env, ...(input === undefined ? { stdin: 'ignore' } : { input }) });
  return stdout;
}

/** Installs krt for the whole cluster and waits until its agents are ready. */
export async function install(): Promise<void> {
  await kubectl(['apply', '-k', KUSTOMIZATION]);
  await agentsReady('krt-system');
}

/** Waits for the agents of an installation and the CRDs. */
export async function agentsReady(namespace: string): Promise<void> {
  await kubectl([
    'wait',
    '--for=condition=Established',
    '--timeout=60s',
    'crd/runs.kruntimes.io',
    'crd/runtimes.kruntimes.io',
  ]);
  for (const agent of ['controller', 'scheduler']) {
    await kubectl(['rollout', 'status', '-n', namespace, `deployment/krt-${agent}`, '--timeout=180s']);
  }
}

/** Removes all Runs and Runtimes with their Pods, as the documentation says to do before an uninstall; there need be none. */
export async function deleteRuntimes(): Promise<void> {
  const kinds = await kubectl(['api-resources', '--api-group=kruntimes.io', '-o', 'name']);
  if (kinds === '') return;
  await kubectl(['delete', 'runs', '--all', '-A', '--timeout=120s']);
  await kubectl(['delete', 'runtimes', '--all', '-A', '--cascade=foreground', '--timeout=120s']);
}

/** Removes krt, as the documentation says; nothing of it need be there: a namespace that goes takes along what is in it. */
export async function uninstall(kustomization = KUSTOMIZATION): Promise<void> {
  await deleteRuntimes();
  await kubectl(['delete', '-k', kustomization, '--ignore-not-found', '--timeout=120s']);
}

/** The image of the agents where the cluster has another than the manifests name, as a repository and a tag. */
export function agentsImage(): { repository: string; tag: string } | undefined {
  const [, repository, tag = 'latest'] = /^(.+?)(?::([^:/]+))?$/.exec(process.env['KRT_E2E_AGENTS_IMAGE'] ?? '') ?? [];
  return repository === undefined ? undefined : { repository, tag };
}

/** Names of all that krt has in the cluster, `kind/name`. */
export async function presence(): Promise<string[]> {
  const kinds = [
    ...['namespaces', 'customresourcedefinitions', 'clusterroles', 'clusterrolebindings'],
    ...['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
    ...['deployments', 'replicasets', 'pods', 'services', 'serviceaccounts', 'roles', 'rolebindings'],
    ...['networkpolicies', 'poddisruptionbudgets', 'leases'],
  ];
  const names = await kubectl(['get', kinds.join(','), '-A', '-o', 'name', '--ignore-not-found']);
  return names
    .split('\n')
    .filter(name =>
      /\/krt-(system|controller|scheduler|agents|run-status|view|edit|runtime-)|kruntimes\.io$/.test(name),
    );
}
