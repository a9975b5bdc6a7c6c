import { isTransient } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';

/** Which Run to cancel, and what that needs. */
export interface CancelOptions {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const TRIES = 4;
const FIRST_DELAY_MS = 200;

/**
 * Asks for the cancellation of a Run, again where the answer is lost, which changes nothing a second time. It may
 * have ended meanwhile: the server's copy tells.
 */
export async function cancelRun(runs: ResourceClient<Run>, options: CancelOptions): Promise<Run> {
  const { name, namespace, clock, signal } = options;
  for (let tries = 1; ; tries++) {
    try {
      return await runs.patch(name, namespace, { spec: { cancelRequested: true } }, { signal });
    } catch (error) {
      if (tries === TRIES || !isTransient(error)) throw error;
    }
    await clock.sleep(FIRST_DELAY_MS * 2 ** (tries - 1), signal);
  }
}
