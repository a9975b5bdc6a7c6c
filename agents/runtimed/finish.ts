import { type Collected, collectArtifacts } from './artifacts/collect.ts';
import { holdingStore } from './artifacts/hold-run.ts';
import type { AttemptResult, StopCause } from './attempt.ts';
import type { Context } from './context.ts';
import { archiveLog } from './logs/archive-log.ts';
import type { RunLog } from './logs/run-log.ts';
import { type Outcome, withProblem } from './outcome.ts';
import type { ParsedOutputs } from './outputs.ts';
import { readOutputs } from './read-outputs.ts';
import type { WriteTarget } from './status/status-writer.ts';

/** What a program came to: its outcome, and whether it was ever started. `endedAt` in milliseconds. */
export interface Ended {
  readonly outcome: Outcome;
  readonly started: boolean;
  readonly endedAt: number;
}

/** What is known of an attempt whose program has ended. */
export interface Finishing {
  readonly target: WriteTarget;
  readonly ended: Ended;
  readonly cause: StopCause | undefined;
  readonly log: RunLog;
  /** Settles when no write of Running is under way any more. */
  readonly announced: Promise<unknown>;
}

/** Takes an ended attempt to its last trace: outputs, artifacts, log, journal, status, then whatever is left of it. */
export async function finishAttempt(finishing: Finishing, context: Context): Promise<void> {
  const { target, ended, cause, announced } = finishing;
  // never started, through no fault of its own: somebody else may start the same attempt
  if (!ended.started && (cause === 'Draining' || cause === 'PodLost')) return giveBack(target, context);
  const result = await resultOf(finishing, context);
  await announced;
  if (cause === 'Gone') return clear(target, context);
  // On its way to the disk while the API server is told: should both be lost, the Runtime Server still knows.
  const kept = journalResult(target, result, context);
  // but artifacts that are told must not be collected again, which stores them anew
  if (result.artifactRefs) await kept;
  await tell(target, result, context);
  await kept;
  await clear(target, context);
}

/** Tells a result that an earlier process has journaled. */
export async function tellResult(target: WriteTarget, result: AttemptResult, context: Context): Promise<void> {
  await tell(target, result, context);
  await clear(target, context);
}

async function tell(target: WriteTarget, result: AttemptResult, context: Context): Promise<void> {
  const { status, metrics, artifactStore, log } = context;
  const end = await status.finish(target, result);
  const { reason, startedAt, endedAt } = result;
  metrics.ended.inc({ reason });
  if (startedAt !== undefined) metrics.duration.observe((endedAt - startedAt) / 1000);
  if (end !== 'gone' || !(result.artifactRefs || result.logArchive)) return;
  // deleted while they were stored: nothing will ever refer to them
  const { uid, name: run } = target.attempt;
  await artifactStore?.remove(uid).catch(err => log.warn({ run, err }, 'artifacts could not be deleted'));
}

async function giveBack(target: WriteTarget, context: Context): Promise<void> {
  await clearFiles(target, context);
  // on disk before the API server hears of it: the same attempt may be assigned to this Pod again
  await context.journal.append({ type: 'done', id: target.attempt.id });
  await context.status.handBack(target);
}

async function resultOf({ target, ended, cause, log }: Finishing, context: Context): Promise<AttemptResult> {
  const { attempt } = target;
  const paths = context.workspaces.at(attempt.id);
  const parsed = ended.started ? outputsIn(paths.outputs) : NO_OUTPUTS;
  const { clock, tuning, halted: signal } = context;
  const store = cause === 'Gone' ? undefined : storeFor(target, context);
  const collecting = { store, clock, tuning: tuning.artifacts, signal };
  const hurry = { when: context.stopping, leftMs: tuning.lastWordsMs / 2 };
  const archiving = { store, clock, timeoutMs: tuning.logArchiveMs, hurry, signal };
  const [collected, archived] = await Promise.all([
    ended.started && cause !== 'Gone' ? collectArtifacts(paths.artifacts, attempt, collecting) : NOTHING,
    archiveLog(log, target, archiving),
  ]);
  const { failure } = log;
  const outcome = withProblem(withProblem(ended.outcome, parsed), collected);
  const lostLines = failure === undefined ? '' : `log lines could not be written: ${(failure as Error).message}`;
  const message = [outcome.message, collected.note, archived.note, lostLines].filter(Boolean).join('; ');
  const startedAt = ended.started ? attempt.startedAt : undefined;
  const isStored = collected.refs.length > 0 || archived.archive !== undefined;
  return {
    ...outcome,
    ...(message && { message }),
    outputs: parsed.outputs,
    ...(collected.refs.length > 0 && { artifactRefs: collected.refs }),
    ...(isStored && context.storeSpec && { artifactStore: context.storeSpec }),
    ...(startedAt !== undefined && { startedAt }),
    // never before its start, as two clocks may be at work
    endedAt: Math.max(ended.endedAt, startedAt ?? 0),
    lines: log.seq,
    ...(archived.archive !== undefined && { logArchive: archived.archive }),
  };
}

const NO_OUTPUTS: ParsedOutputs = { outputs: {} };
const NOTHING: Collected = { refs: [] };

function storeFor(target: WriteTarget, { artifactStore, runs: client, clock, halted: signal }: Context) {
  return artifactStore && holdingStore(artifactStore, target, { client, clock, signal });
}

function outputsIn(path: string): ParsedOutputs {
  try {
    return readOutputs(path);
  } catch (error) {
    const message = `$KRUNTIME_OUTPUTS can not be read: ${(error as Error).message}`;
    return { outputs: {}, problem: { reason: 'InvalidOutputs', message } };
  }
}

async function journalResult({ attempt }: WriteTarget, result: AttemptResult, { journal, log }: Context) {
  try {
    await journal.append({ type: 'result', id: attempt.id, result });
  } catch (err) {
    // the Runtime Server keeps it until Forget; only a restart of both would lose it, and then the attempt crashed
    log.error({ run: attempt.name, attempt: attempt.attempt, err }, 'a result could not be journaled');
  }
}

/** The result stands, or nobody wants it: the Runtime Server forgets, files go, and last the journal is told. */
async function clear(target: WriteTarget, context: Context): Promise<void> {
  const { server, journal, log } = context;
  const { id, name, attempt } = target.attempt;
  await Promise.all([
    // what it misses now it is told when it is ready next: whatever it knows beyond our attempts is forgotten
    server.forget(id).catch(err => log.warn({ run: name, attempt, err }, 'Forget failed')),
    clearFiles(target, context),
  ]);
  await journal.append({ type: 'done', id });
}

async function clearFiles({ attempt }: WriteTarget, { workspaces, cuts, log }: Context): Promise<void> {
  const { id, name } = attempt;
  cuts.forget(id);
  await workspaces.remove(id).catch(err => {
    // the next start sweeps it; the Run itself is well
    log.warn({ run: name, attempt: attempt.attempt, err }, 'the workspace could not be removed');
  });
}
