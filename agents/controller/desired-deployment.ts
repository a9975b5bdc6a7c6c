import type { Deployment } from '../../crds/client/resources.ts';
import {
  ANNOTATION_CAPACITY,
  ANNOTATION_ISOLATION,
  ENV,
  LABEL_RUNTIME,
  runtimeObjectName,
  VOLUMES,
} from '../../crds/v1alpha1/names.ts';
import {
  type Container,
  capacityOf,
  isolationOf,
  type PodSpec,
  type Runtime,
  type Volume,
} from '../../crds/v1alpha1/runtime.ts';
import { metaOf } from './owner.ts';
import { containerSecurity, podSecurity } from './pod-security.ts';
import { graceEnv, limitsEnv, mount, type SidecarOptions, sharedEnv, sidecar } from './sidecar.ts';

/** The Deployment of a Runtime. What the user set in the template stays as it is; krt adds, and fills in defaults. */
export function desiredDeployment(runtime: Runtime, options: SidecarOptions): Deployment {
  const { template, replicas = 1 } = runtime.spec;
  const labels = { [LABEL_RUNTIME]: runtime.metadata.name ?? '' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metaOf(runtime),
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: labels },
      // a new Pod is ready before an old one goes: an update costs no warm slot
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } },
      template: {
        metadata: {
          ...template.metadata,
          labels: { ...template.metadata?.labels, ...labels },
          annotations: {
            ...template.metadata?.annotations,
            [ANNOTATION_CAPACITY]: JSON.stringify(capacityOf(runtime)),
            [ANNOTATION_ISOLATION]: isolationOf(runtime),
          },
        },
        spec: desiredPodSpec(runtime, options),
      },
    },
  };
}

/** The ServiceAccount that the Pods of `runtime` use: the user's, else one that the controller makes. */
export function serviceAccountOf({ metadata, spec }: Runtime): { name: string; isOurs: boolean } {
  const given = spec.template.spec.serviceAccountName;
  return given ? { name: given, isOurs: false } : { name: runtimeObjectName(metadata.name ?? ''), isOurs: true };
}

function desiredPodSpec(runtime: Runtime, options: SidecarOptions): PodSpec {
  const { spec } = runtime.spec.template;
  return {
    terminationGracePeriodSeconds: 30,
    ...spec,
    serviceAccountName: serviceAccountOf(runtime).name,
    // the one thing that a user's choice can't change: a token in every container would be one for the programs of
    // Runs; who needs one in the runtime container can project it there by name
    automountServiceAccountToken: false,
    securityContext: podSecurity(spec),
    containers: [
      ...spec.containers.map((container, i) => withRuntime(container, i, runtime)),
      sidecar(runtime, options),
    ],
    volumes: [...(spec.volumes ?? []), ...volumes(runtime)],
  };
}

/** The Runtime Server's container with what it needs to meet runtimed; other containers as they are. */
function withRuntime(container: Container, index: number, runtime: Runtime): Container {
  if (index !== 0) return container;
  const { env = [], volumeMounts = [] } = container;
  const wanted = [...sharedEnv(runtime), limitsEnv(runtime), ...graceEnv(runtime, ENV.shutdownSeconds)];
  const missing = wanted.filter(({ name }) => !env.some(own => own.name === name));
  return {
    ...container,
    securityContext: containerSecurity(container, runtime.spec.template.spec, isolationOf(runtime)),
    env: [...env, ...missing],
    volumeMounts: [...volumeMounts, mount('workspace'), { ...mount('auth'), readOnly: true }],
  };
}

function volumes({ spec }: Runtime): Volume[] {
  const claim = spec.artifactStore?.filesystem?.volumeClaimName;
  const namespaceField = { apiVersion: 'v1', fieldPath: 'metadata.namespace' };
  return [
    { name: VOLUMES.workspace.name, ...(spec.workspace ?? { emptyDir: {} }) },
    { name: VOLUMES.state.name, emptyDir: {} },
    ...(claim ? [{ name: VOLUMES.artifacts.name, persistentVolumeClaim: { claimName: claim } }] : []),
    { name: VOLUMES.auth.name, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    {
      name: VOLUMES.token.name,
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { downwardAPI: { items: [{ path: 'namespace', fieldRef: namespaceField }] } },
        ],
      },
    },
  ];
}
