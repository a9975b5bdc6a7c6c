import type { Logger } from 'pino';
import { reflect } from '../../../crds/client/reflector.ts';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import { RUN_PHASES, type Run, TERMINAL_PHASES } from '../../../crds/v1alpha1/run.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ArtifactStore } from './store.ts';

/** Until one is left to whoever reads the log. */
const MOST_TRIES = 6;

/** What following needs. */
export interface RemoveOptions {
  readonly store: ArtifactStore;
  readonly runs: ResourceClient<Run>;
  readonly namespace: string;
  /** Name of the Runtime whose Runs these are. */
  readonly runtime: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly onRetry: (error: unknown, delayMs: number) => void;
}

/**
 * Deletes the artifacts of Runs that are deleted, until the signal aborts. Each Pod of the Runtime does so: twice is
 * no more than once. Runs that go while no Pod is up leave theirs behind.
 */
export async function removeWithRuns(options: RemoveOptions): Promise<void> {
  const { runs: client, namespace, runtime, clock, signal, onRetry } = options;
  /** UIDs of Runs that have artifacts. */
  let known = new Set<string>();
  // one after another: whoever deletes thousands of Runs is not to slow the store for those that run
  let last = Promise.resolve();
  const remove = (uid: string) => {
    known.delete(uid);
    last = last.then(() => removeOne(uid, options));
  };
  const fieldSelector = `spec.runtime=${runtime},${ENDED}`;
  for await (const event of reflect({ client, clock, signal, namespace, fieldSelector, onRetry })) {
    if (event.type === 'changed') {
      if (hasArtifacts(event.object)) known.add(uidOf(event.object));
    } else if (event.type === 'deleted') {
      // an ended Run never changes its phase: one that is selected no more is gone
      if (known.has(uidOf(event.object))) remove(uidOf(event.object));
    } else {
      const listed = new Set(event.objects.filter(hasArtifacts).map(uidOf));
      for (const uid of known) if (!listed.has(uid)) remove(uid);
      known = listed;
    }
  }
}

/** Tries some times, as a store may be away for a moment. Never rejects. */
async function removeOne(uid: string, { store, clock, signal, log }: RemoveOptions): Promise<void> {
  for (let tries = 1; !signal.aborted; tries++) {
    try {
      await store.remove(uid);
      return log.info({ uid }, 'the artifacts of a Run that is gone were deleted');
    } catch (err) {
      log.warn({ uid, err, tries }, 'the artifacts of a Run that is gone could not be deleted');
      if (tries === MOST_TRIES) return;
      await clock.sleep(1000 * 2 ** tries, signal).catch(() => undefined); // aborted: the loop ends
    }
  }
}

/** A field selector of the Runs that have ended. */
const ENDED = RUN_PHASES.filter(phase => !(TERMINAL_PHASES as readonly string[]).includes(phase))
  .map(phase => `status.phase!=${phase}`)
  .join(',');

const hasArtifacts = ({ status }: Run) => (status?.artifactRefs?.length ?? 0) > 0;
const uidOf = ({ metadata }: Run) => metadata.uid ?? '';
