import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import { isTerminal, type Run } from '../../crds/v1alpha1/run.ts';
import { cancelRun } from './cancel-run.ts';
import { firstFailure } from './first-failure.ts';
import { trackRun } from './track-run.ts';

/** What cancelling needs. */
export interface CancelDeps {
  readonly runs: ResourceClient<Run>;
  readonly namespace: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Stay until each has ended. */
  readonly wait: boolean;
  /** Told of each Run: as it ended where that is waited for, otherwise as it is now, and whether we came too late. */
  readonly onCancelled: (run: Run, hadEnded: boolean) => Promise<void>;
}

/** Cancels the Runs of those names; what fails for one does not keep the others, and is thrown when they are done. */
export async function cancelRuns(names: readonly string[], deps: CancelDeps): Promise<Run[]> {
  const { runs, namespace, clock, signal, wait, onCancelled } = deps;
  const cancel = async (name: string) => {
    const asked = await cancelRun(runs, { name, namespace, clock, signal });
    const hadEnded = isTerminal(asked);
    const run = wait && !hadEnded ? await endOf(asked, deps) : asked;
    await onCancelled(run, hadEnded);
    return run;
  };
  return firstFailure(await Promise.allSettled(names.map(cancel)), signal);
}

async function endOf(run: Run, { runs, clock, signal }: CancelDeps): Promise<Run> {
  const tracked = trackRun(run, { runs, clock, signal });
  try {
    return await tracked.until(isTerminal);
  } finally {
    tracked.stop();
  }
}
