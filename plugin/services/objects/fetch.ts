import { isNotFound } from '../../../crds/client/api-error.ts';
import { listAll, type ResourceClient, type Selection } from '../../../crds/client/resource-client.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';

/** Which objects to fetch: those with the names, else all of the selection. */
export interface FetchOptions extends Selection {
  /** undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly names: readonly string[];
  /** Objects that one request asks for at most, 0: all at once; default 500. */
  readonly limit?: number | undefined;
  readonly signal: AbortSignal;
}

/** What was there, and the errors of the names that were not. */
export interface Fetched<T> {
  readonly objects: T[];
  readonly missing: Error[];
  /** Version of the list, to watch from; undefined where names were asked for. */
  readonly resourceVersion: string | undefined;
}

/** Fetches objects by name, in that order, or by selection. A name that is not there is no failure yet; all else is. */
export async function fetchObjects<T extends KubeObject>(
  client: ResourceClient<T>,
  { namespace, names, signal, labelSelector, fieldSelector, limit = 500 }: FetchOptions,
): Promise<Fetched<T>> {
  if (names.length === 0) {
    const list = await listAll(client, namespace, { labelSelector, fieldSelector, limit, signal });
    return { objects: list.items, missing: [], resourceVersion: list.metadata.resourceVersion };
  }
  const objects: T[] = [];
  const missing: Error[] = [];
  const results = await Promise.allSettled(names.map(name => client.get(name, namespace, { signal })));
  for (const result of results) {
    if (result.status === 'fulfilled') objects.push(result.value);
    else if (isNotFound(result.reason)) missing.push(result.reason);
    else throw result.reason;
  }
  return { objects, missing, resourceVersion: undefined };
}
