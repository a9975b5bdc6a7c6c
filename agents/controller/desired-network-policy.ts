import type { NetworkPolicy } from '../../crds/client/resources.ts';
import { LABEL_RUNTIME } from '../../crds/v1alpha1/names.ts';
import type { Runtime } from '../../crds/v1alpha1/runtime.ts';
import { metaOf } from './owner.ts';
import { healthPortOf, runtimePortOf } from './sidecar.ts';

/**
 * What may connect to the Pods of a Runtime: anyone to the ports that its template names and to runtimed's metrics,
 * nobody to the Runtime Server. krt's own listens on loopback alone; this covers those that don't. Policies add up,
 * so a further one can open more.
 */
export function desiredNetworkPolicy(runtime: Runtime): NetworkPolicy {
  const labels = { [LABEL_RUNTIME]: runtime.metadata.name ?? '' };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metaOf(runtime),
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
