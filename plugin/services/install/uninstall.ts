import { isNotFound } from '../../../crds/client/api-error.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { listAll } from '../../../crds/client/resource-client.ts';
import { pathOf } from '../../../crds/client/resources.ts';
import { isHeld } from '../../../crds/client/run-finalizer.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { usageError } from '../../errors.ts';
import { refuseMissingKinds } from './apply.ts';
import { kindOf } from './kinds.ts';
import { letGo } from './let-go.ts';
import { INSTALLATION_SELECTOR, isShared, SYSTEM_NAMESPACE } from './manifest.ts';

/** What uninstalling needs. */
export interface UninstallDeps {
  readonly clients: Pick<Clients, 'transport' | 'runs' | 'runtimes' | 'deployments'>;
  /** The one namespace that the installation serves; undefined: the cluster. */
  readonly onlyNamespace: string | undefined;
  /** CRDs too, and with them every Runtime and Run of the cluster. */
  readonly all: boolean;
  readonly signal: AbortSignal;
  /** Told of each object that the server has taken the deletion of. */
  readonly onDeleted: (object: KubeObject) => Promise<void>;
}

/** What is still there. */
export interface Remains {
  /** Objects of the installation that were left where they are. */
  readonly left: readonly KubeObject[];
  readonly runtimes: number;
  readonly runs: number;
  /** Runs that had something in the ArtifactStore of their Runtime, which stays there. */
  readonly abandoned: number;
  /** Runtimes and Runs that go only once somebody takes their finalizers away. */
  readonly held: readonly KubeObject[];
}

/**
 * Deletes an installation, the last made first. No request waits for anything to be gone, so that neither a finalizer nor
 * an agent that is gone already can hold it up: what such things keep there is told.
 */
export async function uninstall(objects: readonly KubeObject[], deps: UninstallDeps): Promise<Remains> {
  const { all, onlyNamespace, onDeleted, clients, signal } = deps;
  // the embedded default has CRDs of its own, which it can't do without
  await refuseMissingKinds(objects, { transport: clients.transport, signal });
  if (all) await refuseOthers(deps);
  const [found, runtimes] = await Promise.all([findAll(clients.runs, deps), findAll(clients.runtimes, deps)]);
  const isInSystem = [...found, ...runtimes].some(({ metadata }) => metadata.namespace === SYSTEM_NAMESPACE);
  const stays = (object: KubeObject) => {
    if (all) return false;
    if (object.kind === 'CustomResourceDefinition') return true;
    if (onlyNamespace !== undefined) return isShared(object);
    // it would take along what people have in it
    return object.kind === 'Namespace' && isInSystem;
  };
  for (const object of objects.filter(object => !stays(object)).reverse()) {
    if (await deleteOne(object, deps)) await onDeleted(object);
  }
  // the CRDs wait for the last Run, and by now nobody is there to see to their artifacts, or to add more
  const abandoned = all ? found.filter(isHeld).length : 0;
  const runs = all ? await letGo(await findAll(clients.runs, deps), clients.runs, signal) : found;
  const held = all ? [...runs, ...runtimes].filter(({ metadata }) => metadata.finalizers?.length) : [];
  const counts = { runs: all ? 0 : runs.length, runtimes: all ? 0 : runtimes.length, abandoned };
  return { left: objects.filter(stays), ...counts, held };
}

/** CRDs are the cluster's: other installations would lose all that they have. */
async function refuseOthers({ clients, onlyNamespace = SYSTEM_NAMESPACE, signal }: UninstallDeps): Promise<void> {
  const { items } = await listAll(clients.deployments, undefined, { labelSelector: INSTALLATION_SELECTOR, signal });
  const others = new Set(items.map(({ metadata }) => metadata.namespace ?? '').filter(name => name !== onlyNamespace));
  if (others.size === 0) return;
  throw usageError(
    `krt is installed in other namespaces too: ${[...others].join(', ')}`,
    'without --all they keep what they have; or uninstall them first',
  );
}

/** All objects of one of krt's own kinds; none where its CRD is not there any more. */
async function findAll<T extends KubeObject>(
  client: Parameters<typeof listAll<T>>[0],
  { onlyNamespace, all, signal }: UninstallDeps,
): Promise<readonly T[]> {
  try {
    return (await listAll(client, all ? undefined : onlyNamespace, { signal })).items;
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

async function deleteOne(object: KubeObject, { clients, signal }: UninstallDeps): Promise<boolean> {
  const { name, namespace } = object.metadata;
  try {
    await clients.transport.json({
      method: 'DELETE',
      path: pathOf(kindOf(object), namespace, name),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' },
      signal,
    });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
