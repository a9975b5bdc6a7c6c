import { ApiError, isConflict, isNotFound, isTransient } from '../../../crds/client/api-error.ts';
import { isHeld, setHeld } from '../../../crds/client/run-finalizer.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import { type GuardedWriter, readUntilAnswered } from '../../lib/guarded-status.ts';
import { targetOf, type WriteTarget } from '../status/status-writer.ts';
import { ArtifactError } from './artifact-error.ts';
import type { ArtifactStore } from './store.ts';

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 10_000;

/**
 * `store` for one Run, which keeps krt's finalizer before the first byte is stored: whatever is there later, somebody
 * deletes with the Run. Runs that store nothing have none, and are deleted at once.
 */
export function holdingStore(store: ArtifactStore, target: WriteTarget, writer: GuardedWriter<Run>): ArtifactStore {
  let held: Promise<void> | undefined;
  const hold = () => {
    held ??= holdRun(target, writer);
    return held;
  };
  return {
    ...store,
    async open(owner) {
      await hold();
      return store.open(owner);
    },
    async putLog(owner, known, data) {
      await hold();
      return store.putLog(owner, known ?? target.run?.status?.logRef?.archive, data);
    },
  };
}

/** Rejects with ArtifactError where the Run is being deleted, with what the server says where it refuses, and on abort. */
async function holdRun(target: WriteTarget, writer: GuardedWriter<Run>): Promise<void> {
  const { client, clock, signal } = writer;
  target.run ??= await readUntilAnswered(writer, targetOf(target.attempt));
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
    const { run } = target;
    if (!run || run.metadata.deletionTimestamp) throw new ArtifactError('the Run was deleted');
    if (isHeld(run)) return;
    try {
      target.run = await setHeld(client, run, true, signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      // whether it was stored is not known, or it is an old copy: the newest one tells
      if (error instanceof ApiError && !isTransient(error) && !isConflict(error) && !isNotFound(error)) throw error;
      target.run = await readUntilAnswered(writer, run);
      if (!isConflict(error)) await clock.sleep(delay, signal);
    }
  }
}
