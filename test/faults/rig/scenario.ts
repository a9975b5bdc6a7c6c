import { expect } from 'chai';
import type { Run, RunStatus } from '../../../crds/v1alpha1/index.ts';
import { readRecord } from './programs.ts';
import type { World } from './world.ts';

/** How the Runs of the scenario end where nothing is lost, in their order. */
const INTENDED: readonly RunStatus[] = [
  { phase: 'Succeeded', exitCode: 0 },
  { phase: 'Succeeded', exitCode: 0 },
  { phase: 'Failed', reason: 'ExitCode', exitCode: 7 },
  { phase: 'Succeeded', exitCode: 0 },
  { phase: 'Timeout', reason: 'Timeout' },
  { phase: 'Cancelled', reason: 'Cancelled' },
];

/**
 * A few Runs that between them take every path of a Run's life: short, long enough for Running to be told, failed,
 * retried, timed out, cancelled while it runs. Resolves when they are submitted and the cancel is asked for.
 */
export async function submitScenario(world: World): Promise<Run[]> {
  const short = await world.submit('exit 0');
  const [long, failing, retried, slow, cancelled] = await Promise.all([
    world.submit('read -rt 0.7 _ <> <(:); exit 0'),
    world.submit('exit 7'),
    world.submit('[ "$KRUNTIME_ATTEMPT" -ge 2 ]', { retryPolicy: { maxAttempts: 4, backoff: '50ms' } }),
    world.submit('sleep 600', { timeout: '300ms' }),
    world.submit('sleep 600 & wait'),
  ]);
  // a kill may end it before its program was ever started
  await world.startedOrEnded(cancelled);
  await world.cancel(cancelled);
  return [short, long, failing, retried, slow, cancelled];
}

/**
 * Waits for the ends of the scenario's Runs and holds them against what was intended. An attempt that was claimed when
 * its runtimed was killed, and never got to start, is the only one that may come to another end.
 */
export async function expectIntended(world: World, runs: readonly Run[]): Promise<void> {
  const ended = await Promise.all(runs.map(run => world.ended(run, 30_000)));
  const started = new Set(readRecord(world.dir).map(({ uid }) => uid));
  for (const [i, { metadata, status }] of ended.entries()) {
    const neverRan = status?.reason === 'RuntimeCrashed' && !started.has(metadata.uid!);
    if (!neverRan) expect(status).to.include(INTENDED[i]);
  }
}
