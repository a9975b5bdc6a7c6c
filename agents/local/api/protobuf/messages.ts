import type { ResourceType } from '../types/resource-type.ts';

/** How a field of a message is read, in protobufjs' terms. */
export interface FieldDescriptor {
  readonly type: string;
  readonly id: number;
  readonly rule?: string;
  readonly keyType?: string;
  /** `zero`: JSON has it though it is zero. `inline`: JSON has what it holds in its place. */
  readonly options?: { readonly zero?: boolean; readonly inline?: boolean };
}

/** Messages by their full names, each with its fields by their names in JSON. */
export type Descriptors = Record<string, Record<string, FieldDescriptor>>;

const META = 'k8s.io.apimachinery.pkg.apis.meta.v1';

/** Messages that are read beside those of the built-in types. */
export const MESSAGES = {
  /** What wraps every object on the wire. */
  unknown: 'k8s.io.apimachinery.pkg.runtime.Unknown',
  deleteOptions: `${META}.DeleteOptions`,
  scale: 'k8s.io.api.autoscaling.v1.Scale',
} as const;

/** The message of a built-in kind: packages are called as the first label of their group, `core` where it has none. */
export function messageName({ group, version, kind }: Pick<ResourceType, 'group' | 'version' | 'kind'>): string {
  if (kind === 'DeleteOptions') return MESSAGES.deleteOptions; // clients send them as of any group
  return `k8s.io.api.${group.split('.', 1)[0] || 'core'}.${version}.${kind}`;
}
