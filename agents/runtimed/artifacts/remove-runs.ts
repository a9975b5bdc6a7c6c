import type { Logger } from 'pino';
import type { Clock } from '../../lib/clock.ts';
import type { ArtifactStore } from './store.ts';

const TRIES = 4;
const FIRST_DELAY_MS = 1000;

/**
 * Deletes what the Runs with these UIDs have in the store: the whole of what a cleaner does, a Pod that the controller
 * makes where no Pod of their Runtime can. Rejects where a Run's could not be deleted, when it has tried all.
 */
export async function removeRuns(
  uids: readonly string[],
  { store, clock, log }: { store: ArtifactStore; clock: Clock; log: Pick<Logger, 'info' | 'warn'> },
): Promise<void> {
  const failures: unknown[] = [];
  for (const uid of uids) await removeOne(uid, 1).catch(err => failures.push(err));
  if (failures.length > 0) throw failures[0];

  async function removeOne(uid: string, tries: number): Promise<void> {
    try {
      await store.remove(uid);
      log.info({ uid }, 'what a Run had in the store was deleted with it');
    } catch (err) {
      log.warn({ uid, err, tries }, 'what a Run has in the store could not be deleted');
      if (tries === TRIES) throw err;
      await clock.sleep(FIRST_DELAY_MS * 2 ** tries);
      await removeOne(uid, tries + 1);
    }
  }
}
