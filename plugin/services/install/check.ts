import { isForbidden, isNotFound } from '../../../crds/client/api-error.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { listAll } from '../../../crds/client/resource-client.ts';
import type { Deployment } from '../../../crds/client/resources.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { EMBEDDED_BUILD } from '../../../crds/v1alpha1/names.ts';
import { type ClusterVersion, fetchClusterVersion } from '../cluster-version.ts';
import { missingKinds, NEEDS } from './apply.ts';
import { judgeAgent } from './check-agents.ts';
import { judgeObjects, type Look, lookUp } from './check-objects.ts';
import { checkRights } from './check-rights.ts';
import { judgeRuntimes } from './check-runtimes.ts';
import { type Finding, hidden, note, ok, wrong } from './finding.ts';
import { podsOf } from './pods-of.ts';
import { findRivals, rivalText } from './rivals.ts';

/** What checking needs. */
export interface CheckDeps {
  readonly clients: Pick<Clients, 'transport' | 'deployments' | 'pods' | 'runtimes' | 'leases'>;
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
  const version = await fetchClusterVersion(clients.transport, deps.signal);
  if (version.kubernetes.endsWith(EMBEDDED_BUILD)) {
    return [
      ok('this is the embedded default: krt is in it, and there is nothing to install'),
      ...(await checkRuntimes(deps)),
    ];
  }
  const server = await checkServer(version, objects, deps);
  if (server.level === 'wrong') return [server];
  const looks = await lookUp(objects, { transport: clients.transport, signal: deps.signal });
  const installed = judgeObjects(looks, installCommand);
  if (looks.every(look => !look.actual && look.why === 'missing')) return [server, ...installed];
  const [agents, rivals, runtimes, rights] = await Promise.all([
    checkAgents(looks, deps),
    checkRivals(deps),
    orForbidden('Runtimes', checkRuntimes(deps)),
    checkRights(namespace, { transport: clients.transport, signal: deps.signal }),
  ]);
  return [server, ...installed, ...agents, ...rivals, ...runtimes, rights];
}

async function checkServer(
  { kubernetes }: ClusterVersion,
  objects: readonly KubeObject[],
  { clients: { transport }, signal }: CheckDeps,
): Promise<Finding> {
  const missing = await missingKinds(objects, { transport, signal });
  const name = `Kubernetes ${kubernetes}`;
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
      const pods = await podsOf(deployment, clients.pods, signal);
      const lease = looks.some(other => other.actual?.kind === 'Lease' && other.actual.metadata.name === name)
        ? await clients.leases.get(name, namespace, { signal })
        : undefined;
      return judgeAgent({ wanted, deployment, pods, lease }, now);
    };
    return orForbidden(`the Pods of ${name}`, look());
  });
  return (await Promise.all(findings)).flat();
}

async function checkRivals({ clients, servedNamespace: onlyNamespace, signal }: CheckDeps): Promise<Finding[]> {
  const rivals = await findRivals({ clients, onlyNamespace, signal });
  return rivals.length === 0 ? [] : [wrong(rivalText(rivals, onlyNamespace), 'uninstall one of them')];
}

async function checkRuntimes({ clients, namespace, servedNamespace, signal }: CheckDeps): Promise<Finding[]> {
  const list = async (where: string | undefined) => (await listAll(clients.runtimes, where, { signal })).items;
  // whoever may not see those of the cluster may see those of a namespace
  const runtimes = await list(servedNamespace).catch(error => {
    if (servedNamespace !== undefined || !isForbidden(error)) throw error;
    return list(namespace);
  });
  return judgeRuntimes(runtimes);
}

/** What may not be seen is told, and keeps nothing else from being looked at; nor does a CRD that is not there. */
async function orForbidden(what: string, findings: Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await findings;
  } catch (error) {
    if (isForbidden(error)) return [hidden(`${what}: you may not look at them`)];
    if (isNotFound(error)) return [note(`${what}: the cluster has no such kind`)];
    throw error;
  }
}
