import type { Pod } from '../../crds/client/resources.ts';
import { API_VERSION, LABEL_CLEANER, LABEL_MANAGED_BY, VOLUMES } from '../../crds/v1alpha1/names.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { ArtifactStore, Container, PodSpec, Runtime } from '../../crds/v1alpha1/runtime.ts';
import { hashOf } from './drift.ts';
import { podSecurity } from './pod-security.ts';
import { mount, SIDECAR_SECURITY, type SidecarOptions, storeEnv } from './sidecar.ts';

/** A cleaner has so long; what it has not deleted by then stays. */
const DEADLINE_SECONDS = 120;

/** What a Runtime's template says of where and as whom its Pods run. */
const PLACING = ['securityContext', 'nodeSelector', 'tolerations', 'affinity', 'imagePullSecrets'];

/** The UIDs of the Runs that a cleaner is for. */
export function cleanedBy(pod: Pod): readonly string[] {
  return pod.spec.containers[0]?.args?.slice(1) ?? [];
}

/**
 * A Pod that deletes what `runs` have in `store` and ends. It has no token of the API server: its phase is its answer.
 * It belongs to those Runs, so that it goes with the last of them. `runtime`, where it is still there, says on which
 * nodes, and with which pull secrets, its Pods work.
 */
export function desiredCleaner(
  runs: readonly Run[],
  store: ArtifactStore,
  runtime: Runtime | undefined,
  { image, imagePullPolicy, logLevel }: SidecarOptions,
): Pod {
  const uids = runs.map(({ metadata }) => metadata.uid ?? '').sort();
  const claim = store.filesystem?.volumeClaimName;
  const container: Container = {
    name: 'cleaner',
    image,
    ...(imagePullPolicy && { imagePullPolicy }),
    command: ['node', '/app/runtimed.js'],
    args: ['remove', ...uids],
    env: [...storeEnv(store), ...(logLevel ? [{ name: 'KRT_LOG_LEVEL', value: logLevel }] : [])],
    volumeMounts: claim ? [mount('artifacts')] : [],
    resources: { requests: { cpu: '50m', memory: '96Mi' }, limits: { memory: '512Mi' } },
    securityContext: SIDECAR_SECURITY,
  };
  const template: Partial<PodSpec> = runtime?.spec.template.spec ?? {};
  const placed = Object.fromEntries(PLACING.flatMap(field => (field in template ? [[field, template[field]]] : [])));
  const spec: PodSpec = { ...placed, containers: [container] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `krt-cleaner-${hashOf(uids)}`,
      namespace: runs[0]?.metadata.namespace ?? '',
      labels: { [LABEL_CLEANER]: 'true', [LABEL_MANAGED_BY]: 'krt' },
      ownerReferences: runs.map(({ metadata: { name = '', uid = '' } }) => ({
        apiVersion: API_VERSION,
        kind: 'Run',
        name,
        uid,
      })),
    },
    spec: {
      ...spec,
      restartPolicy: 'Never',
      activeDeadlineSeconds: DEADLINE_SECONDS,
      terminationGracePeriodSeconds: 5,
      automountServiceAccountToken: false,
      securityContext: podSecurity(spec),
      ...(claim && {
        volumes: [{ name: VOLUMES.artifacts.name, persistentVolumeClaim: { claimName: claim } }],
      }),
    },
  };
}
