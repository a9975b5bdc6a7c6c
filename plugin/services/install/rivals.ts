import { isForbidden } from '../../../crds/client/api-error.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { listAll } from '../../../crds/client/resource-client.ts';
import type { Deployment } from '../../../crds/client/resources.ts';
import { usageError } from '../../errors.ts';
import { INSTALLATION_SELECTOR, SYSTEM_NAMESPACE } from './manifest.ts';

/** What looking for rivals needs. */
export interface RivalDeps {
  readonly clients: Pick<Clients, 'deployments'>;
  /** The one namespace that the installation serves; undefined: all. */
  readonly onlyNamespace: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Namespaces of other installations that serve what this one serves: two controllers would undo each other's work.
 * None where this user may not look for them.
 */
export async function findRivals({ clients, onlyNamespace, signal }: RivalDeps): Promise<string[]> {
  const labelSelector = `${INSTALLATION_SELECTOR},app.kubernetes.io/component=controller`;
  try {
    const { items } = await listAll(clients.deployments, undefined, { labelSelector, signal });
    const rivals = items.filter(({ metadata: { namespace }, ...controller }) => {
      if (namespace === (onlyNamespace ?? SYSTEM_NAMESPACE)) return false;
      return onlyNamespace === undefined || servesAll(controller);
    });
    return rivals.map(({ metadata }) => metadata.namespace ?? '');
  } catch (error) {
    if (isForbidden(error)) return [];
    throw error;
  }
}

/** What is wrong with having those beside this installation. */
export function rivalText(rivals: readonly string[], onlyNamespace: string | undefined): string {
  const served = onlyNamespace === undefined ? 'Runtimes there' : `Runtimes in ${onlyNamespace}`;
  return `krt is installed in ${rivals.join(', ')} too: two controllers would undo each other's work on ${served}`;
}

/** To be called before the first write. */
export async function refuseRivals(deps: RivalDeps): Promise<void> {
  const rivals = await findRivals(deps);
  if (rivals.length === 0) return;
  throw usageError(rivalText(rivals, deps.onlyNamespace), 'uninstall one of them first; Runtimes and Runs stay');
}

const servesAll = ({ spec }: Pick<Deployment, 'spec'>) =>
  !spec.template.spec.containers.some(({ env }) => env?.some(({ name }) => name === 'KRT_WATCH_NAMESPACE'));
