import { ApiError } from '../../../crds/client/api-error.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { listAll } from '../../../crds/client/resource-client.ts';
import type { Deployment } from '../../../crds/client/resources.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { fetchClusterVersion } from '../cluster-version.ts';
import { missingKinds, NEEDS } from './apply.ts';
import { judgeAgent } from './check-agents.ts';
import { judgeObjects, type Look, lookUp } from './check-objects.ts';
import { checkRights } from './check-rights.ts';
import { judgeRuntimes } from './check-runtimes.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** What checking needs. */
export interface CheckDeps {
  readonly clients: Pick<Clients, 'transport' | 'pods' | 'runtimes' | 'leases'>;
  /** Where the user runs programs. */
  readonly namespace: string;
  /** Where Runtimes are looked for; undefined: everywhere. */
  readonly servedNamespace: string | undefined;
  /** What installs krt, or puts it right. */
  readonly installCommand: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Compares what is on the cluster with the `objects` of an installation, and tells what is missing or wrong. */
export async function checkInstallation(objects: readonly KubeObject[], deps: CheckDeps): Promise<Finding[]> {
  const { clients, namespace, installCommand } = deps;
  const server = await checkServer(objects, deps);
  if (server.level === 'wrong') return [server];
  const looks = await lookUp(objects, { transport: clients.transport, signal: deps.signal });
  const installed = judgeObjects(looks, installCommand);
  if (looks.every(look => !look.actual)) return [server, ...installed];
  const [agents, runtimes, rights] = await Promise.all([
    checkAgents(looks, deps),
    orForbidden('Runtimes', checkRuntimes(deps)),
    checkRights(namespace, { transport: clients.transport, signal: deps.signal }),
  ]);
  return [server, ...installed, ...agents, ...runtimes, rights];
}

async function checkServer(objects: readonly KubeObject[], { clients, signal }: CheckDeps): Promise<Finding> {
  const { transport } = clients;
  const [version, missing] = await Promise.all([
    fetchClusterVersion(transport, signal),
    missingKinds(objects, { transport, signal }),
  ]);
  const name = `Kubernetes ${version.kubernetes}`;
  if (missing.length === 0) return ok(`${name} serves all that krt needs`);
  return wrong(`${name} has no ${missing.join(', no ')}`, NEEDS);
}

async function checkAgents(looks: readonly Look[], { clients, now, signal }: CheckDeps): Promise<Finding[]> {
  const found = looks.flatMap(({ wanted, actual }) =>
    wanted.kind === 'Deployment' && actual ? [{ wanted: wanted as Deployment, deployment: actual as Deployment }] : [],
  );
  const findings = found.map(({ wanted, deployment }) => {
    const { name = '', namespace } = deployment.metadata;
    const look = async () => {
      const { matchLabels = {} } = deployment.spec.selector;
      const labelSelector = Object.entries(matchLabels)
        .map(pair => pair.join('='))
        .join(',');
      const { items: pods } = await listAll(clients.pods, namespace, { labelSelector, signal });
      const lease = looks.some(other => other.actual?.kind === 'Lease' && other.actual.metadata.name === name)
        ? await clients.leases.get(name, namespace, { signal })
        : undefined;
      return judgeAgent({ wanted, deployment, pods, lease }, now);
    };
    return orForbidden(`the Pods of ${name}`, look());
  });
  return (await Promise.all(findings)).flat();
}

async function checkRuntimes({ clients, servedNamespace, signal }: CheckDeps): Promise<Finding[]> {
  return judgeRuntimes((await listAll(clients.runtimes, servedNamespace, { signal })).items);
}

/** What may not be seen is told, and keeps nothing else from being looked at; nor does a CRD that is not there. */
async function orForbidden(what: string, findings: Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await findings;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return [note(`${what}: you may not look at them`)];
    if (error instanceof ApiError && error.status === 404) return [note(`${what}: the cluster has no such kind`)];
    throw error;
  }
}
