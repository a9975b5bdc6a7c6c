import { isConflict, isNotFound } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import { isTerminal, type Run } from '../../crds/v1alpha1/run.ts';
import type { Informer } from '../lib/informer.ts';
import type { Outcome } from '../lib/key-loop.ts';
import type { ControllerMetrics } from './metrics.ts';

export interface RunGcDeps {
  client: ResourceClient<Run>;
  runs: Pick<Informer<Run>, 'get'>;
  clock: Clock;
  metrics: ControllerMetrics;
}

/** When an ended Run is due for deletion, in milliseconds since the epoch; undefined where it is kept. */
export function deletionDue(run: Run): number | undefined {
  const ttl = run.spec.ttlSecondsAfterFinished;
  if (ttl === undefined || !isTerminal(run) || run.metadata.deletionTimestamp) return undefined;
  const ended = Date.parse(run.status?.completionTime ?? run.metadata.creationTimestamp ?? '');
  return Number.isNaN(ended) ? undefined : ended + ttl * 1000;
}

/** Deletes an ended Run past its ttlSecondsAfterFinished, this very one and not a new one of its name. */
export async function reconcileEndedRun(deps: RunGcDeps, key: string, signal: AbortSignal): Promise<Outcome> {
  const { client, runs, clock, metrics } = deps;
  const [namespace, name] = key.split('/') as [string, string];
  const run = runs.get(name, namespace);
  const due = run && deletionDue(run);
  if (due === undefined) return undefined;
  const left = due - clock.now();
  // never more than the time to live, however far a clock was set back
  if (left > 0) return { requeueAfter: Math.min(left, run!.spec.ttlSecondsAfterFinished! * 1000) };
  try {
    await client.delete(name, namespace, { preconditions: { uid: run!.metadata.uid ?? '' }, signal });
    metrics.collected.inc();
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error; // gone, or another Run by now
  }
  return undefined;
}
