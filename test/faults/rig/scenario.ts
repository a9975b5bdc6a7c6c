import type { Run } from '../../../crds/v1alpha1/index.ts';
import type { World } from './world.ts';

/**
 * A few Runs that between them take every path of a Run's life: short, long enough for Running to be told, failed,
 * retried, timed out, cancelled while it runs. Resolves when they are submitted and the cancel is asked for.
 */
export async function submitScenario(world: World): Promise<Run[]> {
  const short = await world.submit('exit 0');
  const [long, failing, retried, slow, cancelled] = await Promise.all([
    world.submit('read -rt 0.7 _ <> <(:); exit 0'),
    world.submit('exit 7'),
    world.submit('[ "$KRUNTIME_ATTEMPT" -ge 2 ]', { retryPolicy: { maxAttempts: 3, backoff: '50ms' } }),
    world.submit('sleep 600', { timeout: '300ms' }),
    world.submit('sleep 600 & wait'),
  ]);
  // a kill may end it before its program was ever started
  await world.startedOrEnded(cancelled);
  await world.cancel(cancelled);
  return [short, long, failing, retried, slow, cancelled];
}
