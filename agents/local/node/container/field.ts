import type { Pod } from '../../../../crds/client/resources.ts';
import { ConfigError } from './config-error.ts';

/** Value of a `fieldRef` of the downward API. Throws ConfigError for a path that there is not. */
export function fieldOf(pod: Pod, path: string): string {
  const { metadata, spec } = pod;
  const key = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (key) return metadata[key[1] as 'labels' | 'annotations']?.[key[2]!] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? '';
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'metadata.labels':
      return pairs(metadata.labels);
    case 'metadata.annotations':
      return pairs(metadata.annotations);
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.podIP':
    case 'status.podIPs':
    case 'status.hostIP':
    case 'status.hostIPs':
      return LOOPBACK;
    default:
      throw new ConfigError(`fieldPath ${path} is not supported`);
  }
}

/** The address of every Pod here. */
export const LOOPBACK = '127.0.0.1';

/** As files of a downwardAPI volume show labels: `key="value"` lines in order of the keys. */
function pairs(values: Record<string, string> = {}): string {
  const lines = Object.entries(values).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return lines.sort().join('\n');
}
