import type { NetworkPolicy } from '../../crds/client/resources.ts';
import { LABEL_MANAGED_BY, LABEL_RUNTIME, runtimeObjectName } from '../../crds/v1alpha1/names.ts';
import type { Runtime } from '../../crds/v1alpha1/runtime.ts';
import { ownerOf } from './owner.ts';
import { healthPortOf, runtimePortOf } from './sidecar.ts';

/**
 * What may connect to the Pods of a Runtime: anyone to the ports that its template names and to runtimed's metrics,
 * nobody to the Runtime Server. krt's own listens on loopback alone; this covers those that don't. Policies add up,
 * so a further one can open more.
 */
export function desiredNetworkPolicy(runtime: Runtime): NetworkPolicy {
  const { name = '', namespace } = runtime.metadata;
  const labels = { [LABEL_RUNTIME]: name };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: runtimeObjectName(name),
      ...(namespace && { namespace }),
      labels: { ...labels, [LABEL_MANAGED_BY]: 'krt' },
      ownerReferences: [ownerOf(runtime)],
    },
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [...userPorts(runtime), { protocol: 'TCP', port: healthPortOf(runtime) }] }],
    },
  };
}

function userPorts(runtime: Runtime): { protocol: string; port: number }[] {
  const ports = runtime.spec.template.spec.containers.flatMap(container => container.ports ?? []);
  return ports
    .map(({ protocol = 'TCP', containerPort }) => ({ protocol, port: containerPort }))
    .filter(({ port }) => port !== runtimePortOf(runtime));
}
