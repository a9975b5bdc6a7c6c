import type { Logger } from 'pino';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { ArtifactStore as StoreSpec } from '../../crds/v1alpha1/runtime.ts';
import type { Clock } from '../lib/clock.ts';
import type { RuntimeClient } from '../protocol/index.ts';
import type { ArtifactStore } from './artifacts/store.ts';
import { ARTIFACT_TUNING, type ArtifactTuning } from './artifacts/tuning.ts';
import type { Journal } from './journal/journal.ts';
import type { CutStore } from './logs/cuts.ts';
import type { LogWriter } from './logs/log-writer.ts';
import type { LogSpools } from './logs/spool.ts';
import type { Metrics } from './metrics.ts';
import type { OneRun } from './one-run.ts';
import type { ServerGate } from './server/server-gate.ts';
import type { Slots } from './slots.ts';
import type { PodIdentity } from './status/run-status.ts';
import type { StatusWriter } from './status/status-writer.ts';
import type { Workspaces } from './workspace.ts';

/** Times and bounds; milliseconds and bytes. */
export interface Tuning {
  /** A program that is still going after this long is told as Running. */
  readonly runningAfterMs: number;
  /** An open line of output is shown after this long. */
  readonly flushMs: number;
  /** Output of one attempt that the log keeps. */
  readonly logCapBytes: number;
  /** Storing a log may take this long. */
  readonly logArchiveMs: number;
  readonly gitTimeoutMs: number;
  readonly gitMaxBytes: number;
  /** Cancel may take this long until Forget is tried. */
  readonly cancelPatienceMs: number;
  /** Programs are ended when the API server was out of reach for this long. */
  readonly fenceAfterMs: number;
  /** After SIGTERM a scheduler that has not heard of it may assign Runs for this long. */
  readonly lateMs: number;
  /** After SIGTERM programs may go on for this long. */
  readonly graceMs: number;
  /** After the grace, results have this long to reach the API server before the process ends without it. */
  readonly lastWordsMs: number;
  /** A Pod that has had its one Run is deleted at once; its log can be read for this long. */
  readonly lingerMs: number;
  readonly artifacts: ArtifactTuning;
}

/** The defaults of every knob. */
export const DEFAULT_TUNING: Tuning = {
  runningAfterMs: 500,
  flushMs: 100,
  logCapBytes: 64 * 1024 * 1024,
  logArchiveMs: 30_000,
  gitTimeoutMs: 120_000,
  gitMaxBytes: 512 * 1024 * 1024,
  cancelPatienceMs: 15_000,
  fenceAfterMs: 240_000,
  lateMs: 1500,
  graceMs: 20_000,
  lastWordsMs: 8000,
  lingerMs: 10_000,
  artifacts: ARTIFACT_TUNING,
};

/** What all executions of this process share. */
export interface Context {
  readonly pod: PodIdentity;
  readonly runs: ResourceClient<Run>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly metrics: Metrics;
  readonly server: RuntimeClient;
  readonly gate: ServerGate;
  readonly journal: Journal;
  readonly workspaces: Workspaces;
  readonly cuts: CutStore;
  readonly logWriter: LogWriter;
  readonly slots: Slots;
  /** Present where the Pod takes one Run in its life. */
  readonly oneRun?: OneRun | undefined;
  readonly status: StatusWriter;
  readonly tuning: Tuning;
  /** Absent: the Runtime keeps no artifacts. */
  readonly artifactStore?: ArtifactStore | undefined;
  /** What the Runtime says of the store. */
  readonly storeSpec?: StoreSpec | undefined;
  /** There with the store: where logs wait to be archived. */
  readonly spools?: LogSpools | undefined;
  /** Aborts when the process is asked to stop: nothing may take long from then on. */
  readonly stopping: AbortSignal;
  /** Aborts when the process ends; what is not done then is left to the journal. */
  readonly halted: AbortSignal;
  /** Where git is looked up. */
  readonly searchPath: string;
}
