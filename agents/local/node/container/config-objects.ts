import { isNotFound } from '../../../../crds/client/api-error.ts';
import type { Pod } from '../../../../crds/client/resources.ts';
import type { Transport } from '../../../../crds/client/transport.ts';
import { containersOf, initContainersOf, type NodeContainer } from '../pod/spec.ts';
import { ConfigError } from './config-error.ts';

/** Kinds that containers take values from. */
export type ConfigKind = 'ConfigMap' | 'Secret';

/** The values of the ConfigMaps and Secrets that a Pod names, read before its containers start. */
export interface References {
  /** The values by key; undefined where it is missing and may be. Throws ConfigError where it may not. */
  get(kind: ConfigKind, name: string, optional?: boolean): Readonly<Record<string, Buffer>> | undefined;
}

interface ConfigObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

/** Every ConfigMap and Secret that `pod` names, as it is now. */
export async function readReferences(transport: Transport, pod: Pod, signal: AbortSignal): Promise<References> {
  const { namespace = 'default' } = pod.metadata;
  const found = new Map<string, Record<string, Buffer>>();
  for (const name of namesOf(pod)) {
    const [kind, object] = name.split('/') as [ConfigKind, string];
    const plural = kind === 'Secret' ? 'secrets' : 'configmaps';
    const path = `/api/v1/namespaces/${namespace}/${plural}/${encodeURIComponent(object)}`;
    try {
      found.set(name, valuesOf(kind, await transport.json<ConfigObject>({ method: 'GET', path, signal })));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return {
    get(kind, name, optional) {
      const values = found.get(`${kind}/${name}`);
      if (!values && !optional) throw new ConfigError(`${kind.toLowerCase()} "${name}" not found`);
      return values;
    },
  };
}

function valuesOf(kind: ConfigKind, { data = {}, binaryData = {} }: ConfigObject): Record<string, Buffer> {
  const plain = kind === 'Secret' ? 'base64' : 'utf8';
  return Object.fromEntries([
    ...Object.entries(data).map(([key, value]) => [key, Buffer.from(value, plain)]),
    ...Object.entries(binaryData).map(([key, value]) => [key, Buffer.from(value, 'base64')]),
  ]);
}

/** `Kind/name` of all that the Pod's containers and volumes name. */
function namesOf(pod: Pod): Set<string> {
  const names = new Set<string>();
  const add = (kind: ConfigKind, name: string | undefined) => name && names.add(`${kind}/${name}`);
  for (const container of [...initContainersOf(pod), ...containersOf(pod)]) addEnv(container, add);
  for (const volume of pod.spec.volumes ?? []) {
    const { configMap, secret, projected } = volume as unknown as VolumeSources;
    add('ConfigMap', configMap?.name);
    add('Secret', secret?.secretName);
    for (const source of projected?.sources ?? []) {
      add('ConfigMap', source.configMap?.name);
      add('Secret', source.secret?.name);
    }
  }
  return names;
}

interface VolumeSources {
  configMap?: { name?: string };
  secret?: { secretName?: string };
  projected?: { sources?: { configMap?: { name?: string }; secret?: { name?: string } }[] };
}

function addEnv({ env = [], envFrom = [] }: NodeContainer, add: (kind: ConfigKind, name: string | undefined) => void) {
  for (const { configMapRef, secretRef } of envFrom) {
    add('ConfigMap', configMapRef?.name);
    add('Secret', secretRef?.name);
  }
  for (const { valueFrom } of env) {
    const { configMapKeyRef, secretKeyRef } = (valueFrom ?? {}) as Record<string, { name?: string }>;
    add('ConfigMap', configMapKeyRef?.name);
    add('Secret', secretKeyRef?.name);
  }
}
