import type { Run } from '../../crds/v1alpha1/run.ts';
import type { ExecuteRequest } from '../protocol/index.ts';
import type { Attempt } from './attempt.ts';
import type { Context } from './context.ts';
import { neverStarted, type Outcome } from './outcome.ts';
import { executeRequest } from './request.ts';
import { prepareSource } from './source/prepare-source.ts';
import { SourceError } from './source/source-error.ts';

/**
 * Claims the attempt in the journal and prepares its workspace, both at once; gives the request to execute when both
 * are done, or the outcome of an attempt that can't be started. When `signal` aborts (the attempt is to end), the
 * outcome given does not count. Never leaves the claim under way.
 */
export async function prepareRun(
  attempt: Attempt,
  run: Run,
  signal: AbortSignal,
  context: Context,
): Promise<ExecuteRequest | Outcome> {
  const [claimed, prepared] = await Promise.allSettled([
    context.journal.append({ type: 'started', attempt }),
    prepareWorkspace(attempt, run, signal, context),
  ]);
  if (signal.aborted) return neverStarted('Cancelled', run.spec.timeout);
  if (prepared.status === 'rejected') return notPrepared(prepared.reason);
  if (claimed.status === 'rejected') return notPrepared(claimed.reason);
  return prepared.value;
}

async function prepareWorkspace(
  attempt: Attempt,
  run: Run,
  signal: AbortSignal,
  { workspaces, clock, tuning, searchPath }: Context,
): Promise<ExecuteRequest> {
  // the claim is on its way to the disk first, and both go on at once
  await Promise.resolve();
  const workspace = workspaces.make(attempt.id);
  const git = { clock, signal, timeoutMs: tuning.gitTimeoutMs, maxBytes: tuning.gitMaxBytes, searchPath };
  const entrypoint = await prepareSource(run.spec, workspace, git);
  return executeRequest(attempt, run, workspace, entrypoint);
}

function notPrepared(error: unknown): Outcome {
  const { message } = error as Error;
  if (error instanceof SourceError) return { reason: error.reason, message };
  // the disk: full, read-only or broken; another Pod may have a better one
  return { reason: 'SourceUnavailable', message: `the workspace could not be prepared: ${message}` };
}
