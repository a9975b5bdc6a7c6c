import type { Pod } from '../../../../crds/client/resources.ts';
import type { NodeContainer } from '../pod/spec.ts';
import { ConfigError } from './config-error.ts';
import type { References } from './config-objects.ts';
import { expand } from './expand.ts';
import { fieldOf } from './field.ts';

/**
 * The environment that a container asks for: `envFrom`, then `env` in order, with `$(NAME)` of what stands before.
 * Throws ConfigError for what is missing.
 */
export function containerEnv(container: NodeContainer, pod: Pod, references: References): Map<string, string> {
  const env = new Map<string, string>();
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const from = secretRef
      ? references.get('Secret', secretRef.name ?? '', secretRef.optional)
      : references.get('ConfigMap', configMapRef?.name ?? '', configMapRef?.optional);
    for (const [name, value] of Object.entries(from ?? {})) env.set(`${prefix}${name}`, value.toString('utf8'));
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const found = valueFrom ? fromSource(valueFrom as ValueSource, pod, references) : expand(value ?? '', env);
    if (found !== undefined) env.set(name, found);
  }
  return env;
}

interface KeyRef {
  name?: string;
  key: string;
  optional?: boolean;
}

interface ValueSource {
  fieldRef?: { fieldPath: string };
  configMapKeyRef?: KeyRef;
  secretKeyRef?: KeyRef;
}

function fromSource(source: ValueSource, pod: Pod, references: References): string | undefined {
  const { fieldRef, configMapKeyRef, secretKeyRef } = source;
  if (fieldRef) return fieldOf(pod, fieldRef.fieldPath);
  const ref = secretKeyRef ?? configMapKeyRef;
  if (!ref) throw new ConfigError(`valueFrom.${Object.keys(source)[0]} is not supported by the embedded default`);
  const kind = secretKeyRef ? 'Secret' : 'ConfigMap';
  const value = references.get(kind, ref.name ?? '', ref.optional)?.[ref.key];
  if (value !== undefined) return value.toString('utf8');
  if (ref.optional) return undefined;
  throw new ConfigError(`couldn't find key ${ref.key} in ${kind} ${pod.metadata.namespace}/${ref.name}`);
}
