export type { Condition, ObjectMeta } from '../../crds/v1alpha1/meta.ts';
export { REASONS, type RunReason } from '../../crds/v1alpha1/reasons.ts';
export {
  type ArtifactRef,
  type AttemptRecord,
  isTerminal,
  phaseOf,
  type RetryPolicy,
  RUN_PHASES,
  type Run,
  type RunPhase,
  type RunSource,
  type RunSpec,
  type RunStatus,
} from '../../crds/v1alpha1/run.ts';
export type { Runtime, RuntimeSpec, RuntimeStatus } from '../../crds/v1alpha1/runtime.ts';
export type { ErrorCode } from '../error-codes.ts';
export { type ErrorSort, KrtError } from '../errors.ts';
export { exitCodeOf } from '../services/run-outcome.ts';
export { Krt } from './krt.ts';
export type {
  CallOptions,
  ConnectOptions,
  DownloadOptions,
  Environment,
  ListOptions,
  LogLine,
  LogOptions,
  RunRef,
  SubmitOptions,
  WaitOptions,
} from './options.ts';
