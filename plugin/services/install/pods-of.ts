import { listAll, type ResourceClient } from '../../../crds/client/resource-client.ts';
import type { Deployment, Pod } from '../../../crds/client/resources.ts';

/** The Pods that a Deployment selects. */
export async function podsOf(
  { metadata, spec }: Deployment,
  client: ResourceClient<Pod>,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const pairs = Object.entries(spec.selector.matchLabels ?? {});
  const labelSelector = pairs.map(pair => pair.join('=')).join(',');
  return (await listAll(client, metadata.namespace, { labelSelector, signal })).items;
}
