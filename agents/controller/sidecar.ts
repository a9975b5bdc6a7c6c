import {
  ENV,
  HEALTH_PORT,
  HEALTH_PORT_NAME,
  RUNTIMED_CONTAINER,
  S3_SECRET_KEYS,
  VOLUMES,
} from '../../crds/v1alpha1/names.ts';
import { parseQuantity, runLimitsOf } from '../../crds/v1alpha1/run-limits.ts';
import {
  type ArtifactStore,
  type Container,
  capacityOf,
  DEFAULT_RUNTIME_PORT,
  type EnvVar,
  isolationOf,
  type Runtime,
  type VolumeMount,
} from '../../crds/v1alpha1/runtime.ts';
import { NODE_FLAGS } from '../lib/node-flags.ts';

/** How the sidecar is run; the same for every Runtime. */
export interface SidecarOptions {
  /** The agents image. */
  image: string;
  imagePullPolicy?: string | undefined;
  /** pino level of runtimed. */
  logLevel?: string | undefined;
}

/** Where the Runtime Server of `runtime` listens: the first port of its first container. */
export function runtimePortOf({ spec }: Pick<Runtime, 'spec'>): number {
  return spec.template.spec.containers[0]?.ports?.[0]?.containerPort ?? DEFAULT_RUNTIME_PORT;
}

/** Where runtimed's probes listen: 19092, unless a container of the user has that port. */
export function healthPortOf({ spec }: Pick<Runtime, 'spec'>): number {
  const taken = new Set(spec.template.spec.containers.flatMap(({ ports = [] }) => ports.map(p => p.containerPort)));
  let port = HEALTH_PORT;
  while (taken.has(port)) port++;
  return port;
}

/** Environment that the Runtime Server and runtimed share. */
export function sharedEnv(runtime: Pick<Runtime, 'spec'>): EnvVar[] {
  return [
    { name: ENV.runtimePort, value: String(runtimePortOf(runtime)) },
    { name: ENV.authDir, value: VOLUMES.auth.mountPath },
    { name: ENV.workspaceDir, value: VOLUMES.workspace.mountPath },
    { name: ENV.isolation, value: isolationOf(runtime) },
  ];
}

/** What one Run may use, for the Runtime Server, which holds it. */
export function limitsEnv(runtime: Pick<Runtime, 'spec'>): EnvVar {
  const { memory, processes, disk } = runLimitsOf(runtime);
  const bytes = (quantity: string) => Math.floor(parseQuantity(quantity) ?? 0);
  const value = { ...(memory && { memory: bytes(memory) }), processes, disk: bytes(disk) };
  return { name: ENV.limits, value: JSON.stringify(value) };
}

/** What the last words of runtimed and of the Runtime Server take, in seconds. */
const LAST_WORDS = 10;

/**
 * How long programs may go on when a Pod of `runtime` is to stop, as the variable `name`: what its template's
 * terminationGracePeriodSeconds leaves for them. Nothing where the template does not say, as the defaults fit then.
 */
export function graceEnv({ spec }: Pick<Runtime, 'spec'>, name: string): EnvVar[] {
  const { terminationGracePeriodSeconds: period } = spec.template.spec;
  if (period === undefined) return [];
  return [{ name, value: String(Math.min(Math.max(0, period - LAST_WORDS), 86_400)) }];
}

/** The container `runtimed` of a Runtime's Pods. */
export function sidecar(runtime: Runtime, { image, imagePullPolicy, logLevel }: SidecarOptions): Container {
  const store = runtime.spec.artifactStore;
  return {
    name: RUNTIMED_CONTAINER,
    image,
    ...(imagePullPolicy && { imagePullPolicy }),
    command: ['node', ...NODE_FLAGS, '/app/runtimed.js'],
    env: [
      ...sharedEnv(runtime),
      { name: ENV.stateDir, value: VOLUMES.state.mountPath },
      { name: ENV.healthPort, value: String(healthPortOf(runtime)) },
      { name: ENV.runtimeName, value: runtime.metadata.name ?? '' },
      { name: ENV.slots, value: JSON.stringify(capacityOf(runtime)) },
      fromField(ENV.podName, 'metadata.name'),
      fromField(ENV.podNamespace, 'metadata.namespace'),
      fromField(ENV.podUID, 'metadata.uid'),
      ...graceEnv(runtime, ENV.graceSeconds),
      ...(store ? storeEnv(store) : []),
      ...(logLevel ? [{ name: ENV.logLevel, value: logLevel }] : []),
      // one heap of the C library for all threads of Node: 3 MiB less at rest, 6 while much is stored
      { name: 'MALLOC_ARENA_MAX', value: '1' },
    ],
    ports: [{ name: HEALTH_PORT_NAME, containerPort: healthPortOf(runtime), protocol: 'TCP' }],
    volumeMounts: [
      mount('workspace'),
      mount('state'),
      mount('auth'),
      // here alone: programs hand files over in their workspace, and never see what others left
      ...(store?.filesystem ? [mount('artifacts')] : []),
      { ...mount('token'), readOnly: true },
    ],
    // ready covers the Runtime Server, so a slow image of the user's may take its time: five minutes to start
    startupProbe: { httpGet: probe('/readyz'), periodSeconds: 1, failureThreshold: 300 },
    readinessProbe: { httpGet: probe('/readyz'), periodSeconds: 2, failureThreshold: 2, timeoutSeconds: 2 },
    livenessProbe: { httpGet: probe('/healthz'), periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 },
    resources: { requests: { cpu: '50m', memory: '96Mi' }, limits: { memory: '512Mi' } },
    securityContext: SIDECAR_SECURITY,
  };
}

/** Of a container that executes krt's code alone. */
export const SIDECAR_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** A store, and what opens a bucket: by reference, so that the Secret stays the one place that has it. */
export function storeEnv(store: ArtifactStore): EnvVar[] {
  const spec = { name: ENV.artifactStore, value: JSON.stringify(store) };
  if (!store.s3) return [spec, { name: ENV.artifactsDir, value: VOLUMES.artifacts.mountPath }];
  const { credentialsSecretName: name, ...bucket } = store.s3;
  const credentials = S3_SECRET_KEYS.map((key, i) => ({
    name: key,
    valueFrom: { secretKeyRef: { name, key, ...(i === S3_SECRET_KEYS.length - 1 && { optional: true }) } },
  }));
  return [spec, { name: ENV.artifactsS3, value: JSON.stringify(bucket) }, ...(name === undefined ? [] : credentials)];
}

/** A mount of one of krt's volumes where it belongs. */
export function mount(volume: keyof typeof VOLUMES): VolumeMount {
  return { name: VOLUMES[volume].name, mountPath: VOLUMES[volume].mountPath };
}

const probe = (path: string) => ({ path, port: HEALTH_PORT_NAME });

function fromField(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } };
}
