import type { Clock } from '../../lib/clock.ts';
import { orAborted } from '../artifacts/or-aborted.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { WriteTarget } from '../status/status-writer.ts';
import type { RunLog } from './run-log.ts';

/** What archiving needs. */
export interface ArchiveContext {
  /** Absent: the Runtime has none. */
  readonly store: ArtifactStore | undefined;
  readonly clock: Clock;
  /** Milliseconds that it may take: the end of a Run waits for it. */
  readonly timeoutMs: number;
  /** Once `when` has aborted it may take `leftMs`, so that the end can still be told. */
  readonly hurry: { readonly when: AbortSignal; readonly leftMs: number };
  /** Aborts when the process ends. */
  readonly signal: AbortSignal;
}

/** Where the log went, or why it did not, in words for a person; neither where there was nothing to archive. */
export interface Archived {
  readonly archive?: string;
  readonly note?: string;
}

/** Ends a log and stores it, where it has any lines. Rejects only when the signal aborts. */
export async function archiveLog(log: RunLog, target: WriteTarget, context: ArchiveContext): Promise<Archived> {
  const { store, clock, timeoutMs, hurry, signal } = context;
  const { spool } = log;
  const lines = await log.end();
  if (!spool) return {};
  if (!store || lines === 0) {
    await spool.drop();
    return {};
  }
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const giveUpAfter = (ms: number) =>
    clock.sleep(ms, stop).then(
      () => over.abort(new Error(`it took longer than ${ms / 1000} seconds`)),
      () => undefined, // archived in time
    );
  void giveUpAfter(timeoutMs);
  const hasten = () => void giveUpAfter(hurry.leftMs);
  if (hurry.when.aborted) hasten();
  else hurry.when.addEventListener('abort', hasten, { once: true, signal: stop });
  try {
    if (log.spoolFailure !== undefined) throw log.spoolFailure;
    const known = target.run?.status?.logRef?.archive;
    return { archive: await orAborted(store.putLog(target.attempt, known, spool.read()), stop) };
  } catch (error) {
    signal.throwIfAborted();
    return { note: `the log could not be archived: ${(error as Error).message}` };
  } finally {
    over.abort();
    await spool.drop();
  }
}
