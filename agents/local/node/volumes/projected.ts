import type { Pod } from '../../../../crds/client/resources.ts';
import { ConfigError } from '../container/config-error.ts';
import type { References } from '../container/config-objects.ts';
import { fieldOf } from '../container/field.ts';

/** Files of a volume by relative path. */
export type VolumeFiles = Map<string, Buffer>;

interface Item {
  key: string;
  path: string;
}

interface KeySource {
  name?: string;
  secretName?: string;
  items?: Item[];
  optional?: boolean;
}

interface DownwardSource {
  items?: { path: string; fieldRef?: { fieldPath: string } }[];
}

/** Sources of a projected volume; a volume of one kind alone has the same shape. */
export interface FileSources {
  configMap?: KeySource;
  secret?: KeySource;
  downwardAPI?: DownwardSource;
  serviceAccountToken?: { path: string };
}

/** ConfigMap that a cluster puts into each namespace; here nothing is served over TLS. */
const ROOT_CA = 'kube-root-ca.crt';

/** The files that `sources` make. Throws ConfigError for what is missing. */
export function filesOf(sources: readonly FileSources[], pod: Pod, references: References, token: string): VolumeFiles {
  const files: VolumeFiles = new Map();
  for (const { configMap, secret, downwardAPI, serviceAccountToken } of sources) {
    if (serviceAccountToken) files.set(serviceAccountToken.path, Buffer.from(token));
    for (const { path, fieldRef } of downwardAPI?.items ?? []) {
      if (fieldRef) files.set(path, Buffer.from(fieldOf(pod, fieldRef.fieldPath)));
    }
    if (configMap?.name === ROOT_CA) {
      for (const { path } of configMap.items ?? [{ path: 'ca.crt' }]) files.set(path, Buffer.alloc(0));
    } else if (configMap)
      addKeys(files, configMap, references.get('ConfigMap', configMap.name ?? '', configMap.optional));
    if (secret) {
      addKeys(files, secret, references.get('Secret', secret.secretName ?? secret.name ?? '', secret.optional));
    }
  }
  return files;
}

function addKeys(
  files: VolumeFiles,
  { items, optional }: KeySource,
  values: Readonly<Record<string, Buffer>> = {},
): void {
  const wanted = items ?? Object.keys(values).map(key => ({ key, path: key }));
  for (const { key, path } of wanted) {
    const value = values[key];
    if (value) files.set(path, value);
    else if (!optional) throw new ConfigError(`the volume names a key that is not there: ${key}`);
  }
}
