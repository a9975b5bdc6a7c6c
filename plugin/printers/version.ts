import type { ClusterVersion } from '../services/cluster-version.ts';
import { sanitise } from '../terminal/sanitise.ts';

/** The versions on both sides; `whyNot` says why the cluster's is not known, where it was asked. */
export interface Versions {
  readonly client: string;
  readonly node: string;
  readonly server?: ClusterVersion;
  readonly whyNot?: string;
}

/** Versions for people, one a line. */
export function versionText({ client, node, server, whyNot }: Versions): string {
  const lines = [`Client Version: ${client} (Node ${node})`];
  if (server) {
    lines.push(`Server Version: ${server.kubernetes}`);
    lines.push(`API Version: ${server.apiVersions.join(', ') || 'none: krt is not installed there'}`);
  }
  if (whyNot !== undefined) lines.push(`Server Version: not known: ${whyNot}`);
  return lines.map(line => `${sanitise(line)}\n`).join('');
}
