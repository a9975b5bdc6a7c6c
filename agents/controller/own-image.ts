import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Pod } from '../../crds/client/resources.ts';

/** What `ownImage` asks. */
export interface OwnImageOptions {
  readonly client: ResourceClient<Pod>;
  /** Of the Pod that this process runs in; undefined outside of a cluster. */
  readonly pod: { readonly name: string; readonly namespace: string } | undefined;
  readonly container: string;
  readonly signal: AbortSignal;
}

/**
 * The image that this process runs from, as its Pod names it, so that whoever installs krt from a registry of their
 * own says so in one place; undefined outside of a Pod. Throws like the client's `get`.
 */
export async function ownImage({ client, pod, container, signal }: OwnImageOptions): Promise<string | undefined> {
  if (!pod) return undefined;
  const { spec } = await client.get(pod.name, pod.namespace, { signal });
  return spec.containers.find(({ name }) => name === container)?.image;
}
