import { parseDuration } from '../../crds/v1alpha1/duration.ts';
import { RUN_ENV } from '../../crds/v1alpha1/names.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { ExecuteRequest } from '../protocol/index.ts';
import { type Attempt, attemptId } from './attempt.ts';
import type { Workspace } from './workspace-paths.ts';

/** The Runtime Server's own time limit comes this much later than ours: it counts only when runtimed is gone. */
const BACKSTOP_SECONDS = 5;

/** The attempt that `run` is assigned for, begun at `now` (milliseconds). */
export function attemptOf({ metadata, spec, status }: Run, now: number): Attempt {
  const { uid = '', name = '', namespace = '' } = metadata;
  const attempt = status?.attempt ?? 1;
  const timeoutMs = spec.timeout === undefined ? undefined : parseDuration(spec.timeout);
  return {
    id: attemptId(uid, attempt),
    uid,
    name,
    namespace,
    runtime: spec.runtime,
    attempt,
    startedAt: now,
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}

/** What the Runtime Server is asked to execute; `entrypoint` is empty where `args` are the command. */
export function executeRequest(attempt: Attempt, run: Run, workspace: Workspace, entrypoint: string): ExecuteRequest {
  const { timeoutMs } = attempt;
  return {
    id: attempt.id,
    args: run.spec.args ?? [],
    env: {
      HOME: workspace.home,
      TMPDIR: workspace.tmp,
      ...run.spec.env,
      [RUN_ENV.outputs]: workspace.outputs,
      [RUN_ENV.artifactsDir]: workspace.artifacts,
      [RUN_ENV.name]: attempt.name,
      [RUN_ENV.uid]: attempt.uid,
      [RUN_ENV.namespace]: attempt.namespace,
      [RUN_ENV.attempt]: String(attempt.attempt),
    },
    timeoutSeconds: timeoutMs === undefined ? 0 : Math.ceil(timeoutMs / 1000) + BACKSTOP_SECONDS,
    workingDir: workspace.work,
    entrypoint,
    handler: '',
  };
}
