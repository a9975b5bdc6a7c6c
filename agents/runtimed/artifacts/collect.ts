import { opendirSync } from 'node:fs';
import { LIMITS } from '../../../crds/v1alpha1/limits.ts';
import type { ArtifactRef } from '../../../crds/v1alpha1/run.ts';
import { secondTime } from '../../../crds/v1alpha1/time.ts';
import type { Clock } from '../../lib/clock.ts';
import { ArtifactError } from './artifact-error.ts';
import { namesIn } from './names-in.ts';
import { openEntry } from './open-entry.ts';
import { orAborted } from './or-aborted.ts';
import type { ArtifactOwner, ArtifactStore } from './store.ts';
import { storeEntry } from './store-entry.ts';
import type { ArtifactTuning } from './tuning.ts';

/** What collecting needs. */
export interface CollectContext {
  /** Absent: the Runtime has none. */
  readonly store: ArtifactStore | undefined;
  readonly clock: Clock;
  readonly tuning: ArtifactTuning;
  /** Aborts when the process ends; then nothing is told, as the next start collects again. */
  readonly signal: AbortSignal;
}

/** What was stored, and what was not. */
export interface Collected {
  readonly refs: readonly ArtifactRef[];
  readonly problem?: { readonly reason: 'ArtifactFailed'; readonly message: string };
  /** What a person may want to know of artifacts that nobody asked to keep. */
  readonly note?: string;
}

/** Problems that are told in full. */
const TOLD = 3;

/**
 * Stores each entry of `directory`, which user code had in its hands, as one artifact. What can't be stored is told,
 * and the rest kept. Rejects only when the signal aborts.
 */
export async function collectArtifacts(
  directory: string,
  owner: ArtifactOwner,
  context: CollectContext,
): Promise<Collected> {
  const { clock, tuning, signal } = context;
  // most programs leave none; an attempt before this one may have, and nothing refers to that any more
  if (owner.attempt === 1 && isEmpty(directory)) return { refs: [] };
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const minutes = tuning.timeoutMs / 60_000;
  const late = clock.sleep(tuning.timeoutMs, stop).then(() => failed(`storing took longer than ${minutes} minutes`));
  late.catch(() => undefined); // collected in time
  try {
    return await Promise.race([collect(directory, owner, { ...context, signal: stop }), late]);
  } catch (error) {
    signal.throwIfAborted();
    return failed((error as Error).message);
  } finally {
    over.abort();
  }
}

/** Some microseconds, where the trips to the thread pool that follow would cost a good part of a short Run. */
function isEmpty(directory: string): boolean {
  try {
    const open = opendirSync(directory);
    try {
      return open.readSync() === null;
    } finally {
      open.closeSync();
    }
  } catch {
    return false; // collecting finds out, and tells
  }
}

async function collect(directory: string, owner: ArtifactOwner, context: CollectContext): Promise<Collected> {
  const root = await openEntry(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  try {
    if (root?.kind === 'file') throw new ArtifactError('$KRUNTIME_ARTIFACTS_DIR is not a directory');
    const names = root ? await namesIn(root.path, context.tuning.entries) : [];
    if (!context.store) return names.length > 0 ? { refs: [], note: notKept(names.length) } : { refs: [] };
    const stored = storeAll(root?.path ?? '', names, owner, { ...context, store: context.store });
    return await orAborted(stored, context.signal);
  } finally {
    await root?.handle.close();
  }
}

async function storeAll(
  directory: string,
  names: readonly string[],
  owner: ArtifactOwner,
  { store, clock, tuning, signal }: CollectContext & { readonly store: ArtifactStore },
): Promise<Collected> {
  const refs: ArtifactRef[] = [];
  const problems: string[] = [];
  const most = LIMITS.artifactRefs;
  if (names.length > most) problems.push(`there are ${names.length} artifacts, and at most ${most} are kept`);
  const batch = await store.open(owner);
  let left = tuning.totalBytes;
  for (const name of names.slice(0, most)) {
    try {
      const entry = await storeEntry(directory, name, { batch, tuning, left, signal });
      left -= entry.sizeBytes;
      refs.push({ ...entry, driver: store.driver, createdAt: secondTime(clock.now()) });
    } catch (error) {
      signal.throwIfAborted();
      problems.push(`${name}: ${(error as Error).message}`);
    }
  }
  await batch.commit();
  return problems.length > 0 ? { ...failed(summary(problems)), refs } : { refs };
}

function summary(problems: readonly string[]): string {
  const more = problems.length - TOLD;
  return `${problems.slice(0, TOLD).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function failed(message: string): Collected {
  return { refs: [], problem: { reason: 'ArtifactFailed', message: `artifacts could not be stored: ${message}` } };
}

const notKept = (count: number) =>
  `${count} ${count === 1 ? 'artifact was' : 'artifacts were'} not kept: the Runtime has no artifactStore`;
