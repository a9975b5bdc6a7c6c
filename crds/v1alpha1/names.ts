/** API group of all krt resources. */
export const GROUP = 'kruntimes.io';
/** Served and stored version. */
export const VERSION = 'v1alpha1';
/** `apiVersion` of every Run and Runtime. */
export const API_VERSION = `${GROUP}/${VERSION}`;

/** What the embedded default's version of Kubernetes ends with. */
export const EMBEDDED_BUILD = '+krt-local';

/** Labels and annotations. */
export const LABEL_RUNTIME = `${GROUP}/runtime`;
/** On a Pod that deletes what Runs have in an ArtifactStore whose Runtime can't. */
export const LABEL_CLEANER = `${GROUP}/cleaner`;
export const LABEL_MANAGED_BY = 'app.kubernetes.io/managed-by';
/** On the Pod template: JSON of the quantities that the Pod offers, such as `{"runs":4}`. */
export const ANNOTATION_CAPACITY = `${GROUP}/capacity`;
/** On the Pod template: the tier of isolation, such as `SharedUser`. */
export const ANNOTATION_ISOLATION = `${GROUP}/isolation`;
/** On a Run that the CLI made: tells it from another of the same name after an answer that was lost. */
export const ANNOTATION_SUBMISSION = `${GROUP}/submission`;

/** On a Run that has something in the ArtifactStore of its Runtime: it goes when that is deleted. */
export const FINALIZER_ARTIFACTS = `${GROUP}/artifacts`;

/** Name of the container with the Runtime Server, the first of the template. */
export const RUNTIME_CONTAINER = 'runtime';
/** Name of the sidecar that the controller adds. */
export const RUNTIMED_CONTAINER = 'runtimed';

/** Name of the Deployment, Role, RoleBinding and default ServiceAccount of a Runtime. */
export function runtimeObjectName(runtime: string): string {
  return `krt-runtime-${runtime}`;
}

/** Volumes that the controller adds to a Runtime Pod, and where they appear. */
export const VOLUMES = {
  workspace: { name: 'krt-workspace', mountPath: '/krt/workspace' },
  state: { name: 'krt-state', mountPath: '/krt/state' },
  auth: { name: 'krt-auth', mountPath: '/krt/auth' },
  artifacts: { name: 'krt-artifacts', mountPath: '/krt/artifacts' },
  token: { name: 'krt-token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
} as const;

/** Port of runtimed's probes and metrics. */
export const HEALTH_PORT = 19092;
export const HEALTH_PORT_NAME = 'krt-health';
/** Where runtimed serves artifacts, on the same port: `?location=` as a status tells it. */
export const ARTIFACTS_PATH = '/artifacts';

/** Environment of the containers of a Runtime Pod, set by the controller. */
export const ENV = {
  runtimePort: 'KRT_RUNTIME_PORT',
  healthPort: 'KRT_HEALTH_PORT',
  authDir: 'KRT_AUTH_DIR',
  workspaceDir: 'KRT_WORKSPACE_DIR',
  stateDir: 'KRT_STATE_DIR',
  /** runtimed: JSON of the Runtime's artifactStore. */
  artifactStore: 'KRT_ARTIFACT_STORE',
  /** runtimed: where the claim for artifacts is mounted. */
  artifactsDir: 'KRT_ARTIFACTS_DIR',
  /** runtimed: JSON of the bucket for artifacts. */
  artifactsS3: 'KRT_ARTIFACTS_S3',
  runtimeName: 'KRT_RUNTIME_NAME',
  slots: 'KRT_SLOTS',
  /** The tier of isolation. */
  isolation: 'KRT_ISOLATION',
  /** krt's Runtime Servers: JSON of what one Run may use, in bytes and processes. */
  limits: 'KRT_LIMITS',
  podName: 'KRT_POD_NAME',
  podNamespace: 'KRT_POD_NAMESPACE',
  podUID: 'KRT_POD_UID',
  /** runtimed: how long programs may go on when the Pod is to stop. */
  graceSeconds: 'KRT_GRACE_SECONDS',
  /** krt's Runtime Servers: the same. */
  shutdownSeconds: 'KRT_SHUTDOWN_SECONDS',
  logLevel: 'KRT_LOG_LEVEL',
} as const;

/** Keys of a Secret that opens a bucket, named as the AWS SDK finds them in the environment; the last is optional. */
export const S3_SECRET_KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;

/** Environment that a program finds; the prefix is reserved. */
export const RUN_ENV_PREFIX = 'KRUNTIME_';
export const RUN_ENV = {
  outputs: 'KRUNTIME_OUTPUTS',
  artifactsDir: 'KRUNTIME_ARTIFACTS_DIR',
  name: 'KRUNTIME_RUN_NAME',
  uid: 'KRUNTIME_RUN_UID',
  namespace: 'KRUNTIME_RUN_NAMESPACE',
  attempt: 'KRUNTIME_ATTEMPT',
} as const;

/** Names that outputs may have. */
export const OUTPUT_KEY = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Condition types. */
export const CONDITIONS = {
  scheduled: 'Scheduled',
  finished: 'Finished',
  available: 'Available',
  progressing: 'Progressing',
  degraded: 'Degraded',
} as const;

/** Why a Pending Run waits: reasons of the condition Scheduled=False. */
export const PENDING_REASONS = {
  RuntimeNotFound: 'there is no Runtime of that name in the namespace',
  RuntimeScaledToZero: 'the Runtime has 0 replicas',
  NoReadyPod: 'no Pod of the Runtime is ready',
  NoFreeSlot: 'every slot is taken',
  RequestTooLarge: 'the Run asks for more than any Pod of the Runtime offers',
  BackOff: 'the next attempt waits for its back-off',
} as const;
export type PendingReason = keyof typeof PENDING_REASONS;

/** Leases of the agents that elect a leader. */
export const LEASES = { controller: 'krt-controller', scheduler: 'krt-scheduler' } as const;
