import type { Pod } from '../../../../crds/client/resources.ts';
import type { Container } from '../../../../crds/v1alpha1/runtime.ts';

/** A probe of a container, with Kubernetes' defaults where a field is absent. */
export interface Probe {
  httpGet?: {
    path?: string;
    port: number | string;
    host?: string;
    scheme?: string;
    httpHeaders?: { name: string; value: string }[];
  };
  tcpSocket?: { port: number | string; host?: string };
  exec?: { command?: string[] };
  grpc?: { port: number; service?: string };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
  terminationGracePeriodSeconds?: number;
}

/** Where whole ConfigMaps and Secrets become environment. */
export interface EnvFrom {
  prefix?: string;
  configMapRef?: { name?: string; optional?: boolean };
  secretRef?: { name?: string; optional?: boolean };
}

/** A container with the fields that the node acts on. */
export interface NodeContainer extends Container {
  envFrom?: EnvFrom[];
  workingDir?: string;
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
}

/** Containers of a Pod, those that go first in order. */
export function initContainersOf(pod: Pod): NodeContainer[] {
  return (pod.spec.initContainers ?? []) as NodeContainer[];
}

/** The Pod's own containers. */
export function containersOf(pod: Pod): NodeContainer[] {
  return pod.spec.containers as NodeContainer[];
}

/** When ended containers are started again. */
export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

/** The Pod's restart policy, Always where it does not say. */
export function restartPolicyOf(pod: Pod): RestartPolicy {
  return (pod.spec.restartPolicy as RestartPolicy | undefined) ?? 'Always';
}

/** Seconds from SIGTERM to SIGKILL: as the deletion says, else the Pod. */
export function graceSecondsOf(pod: Pod): number {
  return pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
}
