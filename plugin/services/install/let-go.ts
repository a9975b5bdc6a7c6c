import { isConflict, isNotFound } from '../../../crds/client/api-error.ts';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import { isHeld, setHeld } from '../../../crds/client/run-finalizer.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';

/**
 * Takes krt's finalizer from Runs, as those go that would do so, and gives the Runs as they are then. What they have in
 * the ArtifactStores of their Runtimes stays there.
 */
export async function letGo(runs: readonly Run[], client: ResourceClient<Run>, signal: AbortSignal): Promise<Run[]> {
  const left: Run[] = [];
  for (let run of runs) {
    while (isHeld(run)) {
      try {
        run = await setHeld(client, run, false, signal);
      } catch (error) {
        if (isNotFound(error)) break;
        if (!isConflict(error)) throw error;
        run = await client.get(run.metadata.name ?? '', run.metadata.namespace, { signal });
      }
    }
    left.push(run);
  }
  return left;
}
