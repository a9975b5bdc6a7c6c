import type { Logger } from 'pino';
import { ApiError, isNotFound } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Pod } from '../../crds/client/resources.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import { writeStatus } from '../lib/guarded-status.ts';
import type { Informer } from '../lib/informer.ts';
import type { Outcome } from '../lib/key-loop.ts';
import type { EventWriter } from './events.ts';
import { assignmentOf, isPodGone, lostPatch } from './lost-run.ts';
import type { ControllerMetrics } from './metrics.ts';

export interface StaleRunsDeps {
  runs: { readonly client: ResourceClient<Run>; readonly cache: Pick<Informer<Run>, 'get' | 'put'> };
  pods: { readonly client: ResourceClient<Pod>; readonly cache: Pick<Informer<Pod>, 'get'> };
  clock: Clock;
  log: Logger;
  events: EventWriter;
  metrics: ControllerMetrics;
  random: () => number;
}

/** When to ask again about a Pod that the cache lacks but the server has. */
const CACHE_LAG_MS = 5_000;

/**
 * Re-queues or ends an active Run whose Pod is gone. A cache can lag, so that a Pod counts as gone only when the
 * server, asked in person, says so; and the write is guarded, so that a last word of runtimed's goes first.
 */
export async function reconcileStaleRun(deps: StaleRunsDeps, key: string, signal: AbortSignal): Promise<Outcome> {
  const { runs, pods, clock, log, events, metrics } = deps;
  const [namespace, name] = key.split('/') as [string, string];
  const run = runs.cache.get(name, namespace);
  const assigned = run && assignmentOf(run);
  if (!assigned || !isPodGone(pods.cache.get(assigned.pod, namespace), assigned.uid)) return undefined;
  if (!isPodGone(await readPod(pods.client, assigned.pod, namespace, signal), assigned.uid)) {
    return { requeueAfter: CACHE_LAG_MS };
  }
  const patch = lostPatch(run, clock.now(), deps.random());
  const result = await writeStatus({ client: runs.client, clock, signal }, run, patch);
  if (result.object) runs.cache.put(result.object);
  if (result.outcome === 'refused') throw result.error;
  if (result.outcome === 'stale') {
    if (result.object) throw new ApiError(409, { reason: 'Conflict', message: `Run ${key} changed` });
    return undefined;
  }
  metrics.lost.inc({ phase: patch.phase ?? '' });
  log.warn({ run: key, pod: assigned.pod, podUID: assigned.uid, phase: patch.phase }, 'the Pod of a Run is gone');
  const next = patch.phase === 'Pending' ? 'another attempt follows' : 'no attempt is left';
  await events.warn(run, 'PodLost', `Pod ${assigned.pod} is gone; ${next}`, signal);
  return undefined;
}

async function readPod(
  client: ResourceClient<Pod>,
  name: string,
  namespace: string,
  signal: AbortSignal,
): Promise<Pod | undefined> {
  try {
    return await client.get(name, namespace, { signal });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
