import type { KubeConfig } from '@kubernetes/client-node';
import type { KubeObject } from '../v1alpha1/meta.ts';
import type { Run } from '../v1alpha1/run.ts';
import type { Runtime } from '../v1alpha1/runtime.ts';
import { makeResourceClient } from './kube-resource-client.ts';
import { type PodArtifactOptions, readPodArtifact } from './pod-artifact.ts';
import { type PodLogOptions, readPodLog } from './pod-log.ts';
import type { ResourceClient } from './resource-client.ts';
import {
  type Deployment,
  type KubeEvent,
  type Lease,
  type NetworkPolicy,
  type Pod,
  RESOURCES,
  type Role,
  type RoleBinding,
} from './resources.ts';
import { makeTransport, type Transport, type TransportOptions } from './transport.ts';

export * from './api-error.ts';
export type { Clock } from './clock.ts';
export * from './pod-artifact.ts';
export * from './pod-log.ts';
export * from './read-lines.ts';
export * from './reflector.ts';
export * from './resource-client.ts';
export * from './resources.ts';
export { type ApiRequest, makeTransport, type Transport, type TransportOptions } from './transport.ts';

/** Typed clients of every kind that krt reads or writes, over one transport. */
export interface Clients {
  readonly transport: Transport;
  readonly runs: ResourceClient<Run>;
  readonly runtimes: ResourceClient<Runtime>;
  readonly pods: ResourceClient<Pod>;
  readonly events: ResourceClient<KubeEvent>;
  readonly namespaces: ResourceClient<KubeObject>;
  readonly serviceAccounts: ResourceClient<KubeObject>;
  readonly deployments: ResourceClient<Deployment>;
  readonly replicaSets: ResourceClient<Deployment>;
  readonly leases: ResourceClient<Lease>;
  readonly roles: ResourceClient<Role>;
  readonly roleBindings: ResourceClient<RoleBinding>;
  readonly networkPolicies: ResourceClient<NetworkPolicy>;
  /** The server's clock as its last answer told it; undefined before the first. */
  serverTime(): number | undefined;
  /** The log of one container as a stream of bytes; throws like ResourceClient's calls. */
  podLog(name: string, namespace: string, options: PodLogOptions): Promise<AsyncIterable<Uint8Array>>;
  /** The bytes of an artifact through a Runtime Pod; throws like ResourceClient's calls. */
  podArtifact(pod: Pod, options: PodArtifactOptions): Promise<AsyncIterable<Uint8Array>>;
}

/** Clients for the current context of `kubeConfig`. */
export function makeClients(kubeConfig: KubeConfig, options: TransportOptions = {}): Clients {
  const transport = makeTransport(kubeConfig, options);
  return {
    transport,
    runs: makeResourceClient(transport, RESOURCES.runs),
    runtimes: makeResourceClient(transport, RESOURCES.runtimes),
    pods: makeResourceClient(transport, RESOURCES.pods),
    events: makeResourceClient(transport, RESOURCES.events),
    namespaces: makeResourceClient(transport, RESOURCES.namespaces),
    serviceAccounts: makeResourceClient(transport, RESOURCES.serviceAccounts),
    deployments: makeResourceClient(transport, RESOURCES.deployments),
    replicaSets: makeResourceClient(transport, RESOURCES.replicaSets),
    leases: makeResourceClient(transport, RESOURCES.leases),
    roles: makeResourceClient(transport, RESOURCES.roles),
    roleBindings: makeResourceClient(transport, RESOURCES.roleBindings),
    networkPolicies: makeResourceClient(transport, RESOURCES.networkPolicies),
    serverTime: () => transport.serverTime,
    podArtifact: (pod, artifactOptions) => readPodArtifact(transport, pod, artifactOptions),
    podLog: (name, namespace, logOptions) => readPodLog(transport, name, namespace, logOptions),
  };
}
