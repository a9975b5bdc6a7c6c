import type { Condition, KubeObject, ObjectMeta } from './meta.ts';

/** Where the artifacts of a Runtime's Runs are kept: exactly one driver. */
export interface ArtifactStore {
  filesystem?: { volumeClaimName: string };
  s3?: {
    bucket: string;
    prefix?: string;
    region?: string;
    endpoint?: string;
    forcePathStyle?: boolean;
    credentialsSecretName?: string;
  };
}

/** A container of a Pod template, as far as krt reads it; the rest is kept as it is. */
export interface Container {
  name: string;
  image?: string;
  imagePullPolicy?: string;
  command?: string[];
  args?: string[];
  ports?: { name?: string; containerPort: number; protocol?: string }[];
  env?: EnvVar[];
  volumeMounts?: VolumeMount[];
  [field: string]: unknown;
}

/** An environment variable of a container. */
export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: Record<string, unknown>;
}

/** Where a volume appears in a container. */
export interface VolumeMount {
  name: string;
  mountPath: string;
  readOnly?: boolean;
  subPath?: string;
}

/** A volume of a Pod: a name and one source. */
export interface Volume {
  name: string;
  [source: string]: unknown;
}

/** A Pod's spec, as far as krt reads it; the rest is kept as it is. */
export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  terminationGracePeriodSeconds?: number;
  nodeName?: string;
  restartPolicy?: string;
  [field: string]: unknown;
}

/** A Pod template; its first container is named `runtime` and holds the Runtime Server. */
export interface PodTemplate {
  metadata?: ObjectMeta;
  spec: PodSpec;
}

/**
 * What stands between the Runs of one Pod, weakest first. SharedUser: all are the same user of the system.
 * UserPerSlot: each has a user of its own while it lasts. PodPerRun: a Pod executes one Run in its life.
 */
export const ISOLATIONS = ['SharedUser', 'UserPerSlot', 'PodPerRun'] as const;
/** One tier of isolation. */
export type Isolation = (typeof ISOLATIONS)[number];

/** What a platform engineer wants of a pool of warm Pods. */
export interface RuntimeSpec {
  /** Runtime Pods, default 1, may be 0. */
  replicas?: number;
  /** Integer quantities per Pod; `runs` is the number of concurrent Runs, default 2. */
  capacity?: { resources?: Record<string, number> };
  /** Default SharedUser. */
  isolation?: Isolation;
  /** What one Run may use; `memory` and `disk` in bytes, or with Ki, Mi, Gi or Ti behind. See run-limits.ts. */
  limits?: { memory?: string; processes?: number; disk?: string };
  template: PodTemplate;
  artifactStore?: ArtifactStore;
  /** Any Pod volume source for the workspaces; default emptyDir. */
  workspace?: Record<string, unknown>;
}

/** Written by the controller alone. */
export interface RuntimeStatus {
  replicas?: number;
  readyReplicas?: number;
  /** Label selector of the Pods as a string, for the scale subresource. */
  selector?: string;
  /** `runs` slots on ready Pods, and how many Runs hold one. */
  slots?: { total: number; used: number };
  observedGeneration?: number;
  conditions?: Condition[];
}

/** A pool of warm Runtime Pods. */
export interface Runtime extends KubeObject {
  spec: RuntimeSpec;
  status?: RuntimeStatus;
}

/** Concurrent Runs per Pod where a Runtime does not say. */
export const DEFAULT_RUNS_PER_POD = 2;
/** Where the Runtime Server listens when the first container names no port. */
export const DEFAULT_RUNTIME_PORT = 19091;

/** Quantities that each Pod of `runtime` offers; always has `runs`. */
export function capacityOf(runtime: Pick<Runtime, 'spec'>): Record<string, number> {
  const runs = isolationOf(runtime) === 'PodPerRun' ? 1 : DEFAULT_RUNS_PER_POD;
  return { runs, ...runtime.spec.capacity?.resources };
}

/** The tier that `runtime` asks for. A Pod that can't hold it never becomes ready, so every ready one has it. */
export function isolationOf({ spec }: Pick<Runtime, 'spec'>): Isolation {
  return spec.isolation ?? 'SharedUser';
}
