import type { Transport } from '../../crds/client/transport.ts';
import { GROUP } from '../../crds/v1alpha1/names.ts';

/** What the API server is, and which versions of krt's API it serves: none where krt is not installed. */
export interface ClusterVersion {
  readonly kubernetes: string;
  readonly apiVersions: readonly string[];
}

/** Asks the API server for its version and for krt's API group. */
export async function fetchClusterVersion(transport: Transport, signal: AbortSignal): Promise<ClusterVersion> {
  const get = <T>(path: string) => transport.json<T>({ method: 'GET', path, signal });
  const [version, { groups }] = await Promise.all([
    get<{ gitVersion: string }>('/version'),
    get<{ groups: { name: string; versions: { groupVersion: string }[] }[] }>('/apis'),
  ]);
  const group = groups.find(({ name }) => name === GROUP);
  return { kubernetes: version.gitVersion, apiVersions: group?.versions.map(v => v.groupVersion) ?? [] };
}
