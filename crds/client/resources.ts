import type { KubeObject } from '../v1alpha1/meta.ts';
import type { Container, PodSpec, PodTemplate } from '../v1alpha1/runtime.ts';

/** How a kind is addressed: `group` is empty for the core API. */
export interface ResourceInfo {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const of = (group: string, version: string, plural: string, kind: string, namespaced = true): ResourceInfo => ({
  group,
  version,
  plural,
  kind,
  namespaced,
});

/** Every kind that krt reads or writes. */
export const RESOURCES = {
  runs: of('kruntimes.io', 'v1alpha1', 'runs', 'Run'),
  runtimes: of('kruntimes.io', 'v1alpha1', 'runtimes', 'Runtime'),
  pods: of('', 'v1', 'pods', 'Pod'),
  events: of('', 'v1', 'events', 'Event'),
  namespaces: of('', 'v1', 'namespaces', 'Namespace', false),
  serviceAccounts: of('', 'v1', 'serviceaccounts', 'ServiceAccount'),
  deployments: of('apps', 'v1', 'deployments', 'Deployment'),
  replicaSets: of('apps', 'v1', 'replicasets', 'ReplicaSet'),
  leases: of('coordination.k8s.io', 'v1', 'leases', 'Lease'),
  roles: of('rbac.authorization.k8s.io', 'v1', 'roles', 'Role'),
  roleBindings: of('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding'),
  networkPolicies: of('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy'),
} as const satisfies Record<string, ResourceInfo>;

/** `v1` or `group/version`. */
export function apiVersionOf(info: ResourceInfo): string {
  return info.group ? `${info.group}/${info.version}` : info.version;
}

/** Path of a collection, or of an object in it, or of its subresource. */
export function pathOf(info: ResourceInfo, namespace?: string, name?: string, subresource?: string): string {
  const root = info.group ? `/apis/${info.group}/${info.version}` : `/api/${info.version}`;
  const scope = info.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${root}${scope}/${info.plural}${object}${subresource ? `/${subresource}` : ''}`;
}

/** State of one container of a Pod. */
export interface ContainerStatus {
  name: string;
  ready: boolean;
  started?: boolean;
  restartCount: number;
  image: string;
  state?: Record<string, Record<string, unknown>>;
  lastState?: Record<string, Record<string, unknown>>;
  containerID?: string;
  imageID?: string;
}

/** A Pod, as far as krt reads or writes it. */
export interface Pod extends KubeObject {
  spec: PodSpec;
  status?: {
    phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    podIP?: string;
    hostIP?: string;
    startTime?: string;
    reason?: string;
    message?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
    containerStatuses?: ContainerStatus[];
  };
}

/** A Deployment (or ReplicaSet), as far as krt reads or writes it. */
export interface Deployment extends KubeObject {
  spec: {
    replicas?: number;
    selector: { matchLabels?: Record<string, string> };
    template: PodTemplate;
    [field: string]: unknown;
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    readyReplicas?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
    unavailableReplicas?: number;
    conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
  };
}

/** A Lease of coordination.k8s.io; times are MicroTime. */
export interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/** An Event about an object. */
export interface KubeEvent extends KubeObject {
  involvedObject: { apiVersion?: string; kind: string; name: string; namespace?: string; uid?: string };
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  count?: number;
  firstTimestamp?: string;
  lastTimestamp?: string;
  source?: { component?: string };
}

/** A Role of RBAC. */
export interface Role extends KubeObject {
  rules: { apiGroups: string[]; resources: string[]; verbs: string[]; resourceNames?: string[] }[];
}

/** A RoleBinding of RBAC. */
export interface RoleBinding extends KubeObject {
  roleRef: { apiGroup: string; kind: string; name: string };
  subjects: { kind: string; name: string; namespace?: string; apiGroup?: string }[];
}

/** A NetworkPolicy, as far as krt writes it. */
export interface NetworkPolicy extends KubeObject {
  spec: {
    podSelector: { matchLabels?: Record<string, string> };
    policyTypes: ('Ingress' | 'Egress')[];
    ingress?: { ports?: { protocol: string; port: number }[] }[];
  };
}

/** Whether the Pod's Ready condition is True and it is not being deleted. */
export function isPodReady(pod: Pod): boolean {
  if (pod.metadata.deletionTimestamp) return false;
  return pod.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false;
}

export type { Container };
