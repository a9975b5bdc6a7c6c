import { pathOf, RESOURCES, type ResourceInfo } from '../../../crds/client/resources.ts';
import type { KubeList, KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { ACTIVE_RUNS_SELECTOR } from '../../../crds/v1alpha1/run.ts';
import type { Kubeconfig } from '../../cluster/kubeconfig.ts';
import type { Cluster } from '../../context.ts';
import type { Source } from './complete.ts';

/** Where names are looked up. */
export interface LiveDeps {
  readonly kubeconfig: () => Promise<Kubeconfig>;
  readonly cluster: () => Promise<Cluster>;
  readonly signal: AbortSignal;
}

/** More than a person reads; the newest API servers answer so many in a few milliseconds. */
const LIMIT = 500;
/** Names alone, of servers that can: a Run may carry its whole program. */
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** The names that `source` has now. */
export async function liveNames(source: Source, { kubeconfig, cluster, signal }: LiveDeps): Promise<string[]> {
  if (source === 'contexts' || source === 'clusters' || source === 'users') {
    return [...(await kubeconfig())[source].keys()];
  }
  const { clients, namespace } = await cluster();
  if (typeof source === 'object') {
    const name = source.artifactsOf.replace(/^run\//, '');
    const { status } = await clients.runs.get(name, namespace, { signal });
    return (status?.artifactRefs ?? []).map(artifact => artifact.name);
  }
  const list = async (info: ResourceInfo, fieldSelector?: string) => {
    const path = pathOf(info, namespace);
    const query = { limit: LIMIT, fieldSelector };
    const { items } = await clients.transport.json<KubeList<KubeObject>>({
      method: 'GET',
      path,
      query,
      accept: METADATA,
      signal,
    });
    return items.map(({ metadata }) => metadata.name ?? '');
  };
  if (source === 'namespaces') return list(RESOURCES.namespaces);
  if (source === 'runtimes') return list(RESOURCES.runtimes);
  return list(RESOURCES.runs, source === 'active-runs' ? ACTIVE_RUNS_SELECTOR : undefined);
}
