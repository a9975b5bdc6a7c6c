import { ENV, HEALTH_PORT, VOLUMES } from '../../crds/v1alpha1/names.ts';
import {
  type ArtifactStore,
  DEFAULT_RUNS_PER_POD,
  DEFAULT_RUNTIME_PORT,
  ISOLATIONS,
  type Isolation,
} from '../../crds/v1alpha1/runtime.ts';
import { parseS3Settings, type S3Settings } from './artifacts/s3-settings.ts';
import { DEFAULT_TUNING, type Tuning } from './context.ts';
import type { PodIdentity } from './status/run-status.ts';

/** What the environment says. */
export interface Settings {
  readonly pod: PodIdentity;
  /** Name of the Runtime, for logs. */
  readonly runtime: string;
  readonly slots: Readonly<Record<string, number>>;
  readonly isolation: Isolation;
  readonly runtimePort: number;
  readonly healthPort: number;
  readonly workspaceDir: string;
  readonly stateDir: string;
  readonly authDir: string;
  /** Where a claim for artifacts is mounted; absent: there is none. */
  readonly artifactsDir: string | undefined;
  /** What the Runtime says of its store; undefined: nothing. */
  readonly storeSpec: ArtifactStore | undefined;
  /** A bucket for artifacts. */
  readonly artifactsS3: S3Settings | undefined;
  readonly logLevel: string;
  readonly searchPath: string;
  readonly tuning: Tuning;
}

/**
 * The settings of runtimed: names.ts tells the variables. KRT_GRACE_SECONDS (20) is how long programs may go on after
 * SIGTERM; the Runtime Server's grace from SIGTERM to SIGKILL and some seconds for the last statuses come on top, and
 * all of it has to fit into the Pod's terminationGracePeriodSeconds. Throws for what is missing or is not what it has
 * to be.
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const need = (name: string) => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set`);
    return value;
  };
  const number = (name: string, fallback: number, max: number) => {
    const value = Number(env[name] || fallback);
    if (!(value >= 0 && value <= max)) throw new Error(`${name}: ${env[name]} is not a number from 0 to ${max}`);
    return value;
  };
  return {
    pod: { name: need(ENV.podName), namespace: need(ENV.podNamespace), uid: need(ENV.podUID) },
    runtime: env[ENV.runtimeName] ?? '',
    slots: readSlots(env[ENV.slots]),
    isolation: readIsolation(env[ENV.isolation]),
    runtimePort: number(ENV.runtimePort, DEFAULT_RUNTIME_PORT, 65_535),
    healthPort: number(ENV.healthPort, HEALTH_PORT, 65_535),
    workspaceDir: env[ENV.workspaceDir] || VOLUMES.workspace.mountPath,
    stateDir: env[ENV.stateDir] || VOLUMES.state.mountPath,
    authDir: env[ENV.authDir] || VOLUMES.auth.mountPath,
    ...readStoreSettings(env),
    logLevel: env[ENV.logLevel] || 'info',
    searchPath: env['PATH'] || '/usr/local/bin:/usr/bin:/bin',
    tuning: {
      ...DEFAULT_TUNING,
      graceMs: number(ENV.graceSeconds, DEFAULT_TUNING.graceMs / 1000, 86_400) * 1000,
      fenceAfterMs: number('KRT_FENCE_AFTER_SECONDS', DEFAULT_TUNING.fenceAfterMs / 1000, 86_400) * 1000,
    },
  };
}

function readIsolation(text: string | undefined): Isolation {
  const found = ISOLATIONS.find(isolation => isolation === (text || 'SharedUser'));
  if (!found) throw new Error(`${ENV.isolation}: ${text} is none of ${ISOLATIONS.join(', ')}`);
  return found;
}

/** The part of the settings that says where artifacts are kept. */
export function readStoreSettings(
  env: NodeJS.ProcessEnv,
): Pick<Settings, 'artifactsDir' | 'artifactsS3' | 'storeSpec'> {
  const spec = env[ENV.artifactStore];
  return {
    artifactsDir: env[ENV.artifactsDir] || undefined,
    artifactsS3: readS3(env[ENV.artifactsS3]),
    storeSpec: spec ? (JSON.parse(spec) as ArtifactStore) : undefined,
  };
}

const readS3 = (text: string | undefined) => (text ? parseS3Settings(text) : undefined);

function readSlots(text: string | undefined): Record<string, number> {
  let value: unknown;
  try {
    value = JSON.parse(text || '{}');
  } catch (cause) {
    throw new Error(`${ENV.slots}: ${text} is not JSON`, { cause });
  }
  const entries = value instanceof Object && !Array.isArray(value) ? Object.entries(value) : undefined;
  if (!entries?.every(([, amount]) => Number.isInteger(amount) && amount >= 0))
    throw new Error(`${ENV.slots}: ${text} is not a map of quantities`);
  return { runs: DEFAULT_RUNS_PER_POD, ...(Object.fromEntries(entries) as Record<string, number>) };
}
