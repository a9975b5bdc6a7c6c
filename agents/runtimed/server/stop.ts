import type { Clock } from '../../lib/clock.ts';
import { isRuntimeError, type RuntimeClient } from '../../protocol/index.ts';

/** What stopping an execution needs. */
export interface StopOptions {
  readonly server: RuntimeClient;
  readonly clock: Clock;
  /** Aborts when the execution has ended. */
  readonly ended: AbortSignal;
  /** Milliseconds that Cancel may take until Forget, which kills, is tried. */
  readonly patienceMs: number;
}

const RETRY_MS = 100;
const LONGEST_RETRY_MS = 2000;

/** Sees to it that the execution ends: Cancel, and Forget where that does not help. Resolves when it has ended. */
export async function stopExecution(id: string, { server, clock, ended, patienceMs }: StopOptions): Promise<void> {
  const insist = async (call: () => Promise<void>) => {
    for (let delay = RETRY_MS; !ended.aborted; delay = Math.min(delay * 2, LONGEST_RETRY_MS)) {
      try {
        return await call();
      } catch (error) {
        // unknown to the server means dead, which whoever follows it learns as well
        if (isRuntimeError(error, 'notFound', 'unimplemented')) return;
      }
      await clock.sleep(delay, ended).catch(() => undefined); // ended: the loop is over
    }
  };
  await insist(() => server.cancel(id));
  await clock.sleep(patienceMs, ended).catch(() => undefined); // ended: nothing is left to insist on
  await insist(() => server.forget(id));
}
