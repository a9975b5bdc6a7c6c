import { isForbidden, isNotFound } from '../../../crds/client/api-error.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { phaseOf, type Run } from '../../../crds/v1alpha1/run.ts';
import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import type { DescribeOptions } from './describe-options.ts';
import { type EventsFound, fetchEvents } from './events.ts';
import { fetchPool, type Pool } from './pool.ts';

/** A Run with what explains it. */
export interface RunDescription {
  readonly run: Run;
  /** `missing`: there is none of that name; undefined: one may not look. */
  readonly runtime: Runtime | 'missing' | undefined;
  /** What a Run that waits competes for; undefined where it does not wait. */
  readonly pool?: Pool | undefined;
  readonly events: EventsFound;
}

/** Fetches a Run, its Runtime, its events, and where it waits what it waits for. */
export async function describeRun({ clients, namespace, name, signal }: DescribeOptions): Promise<RunDescription> {
  const run = await clients.runs.get(name, namespace, { signal });
  const [runtime, pool, events] = await Promise.all([
    fetchRuntime(clients, run, signal),
    phaseOf(run) === 'Pending' ? fetchPool({ clients, namespace, name: run.spec.runtime, signal }) : undefined,
    fetchEvents(clients.events, run, signal),
  ]);
  return { run, runtime, pool, events };
}

async function fetchRuntime({ runtimes }: Clients, run: Run, signal: AbortSignal): Promise<RunDescription['runtime']> {
  try {
    return await runtimes.get(run.spec.runtime, run.metadata.namespace, { signal });
  } catch (error) {
    if (isNotFound(error)) return 'missing';
    if (isForbidden(error)) return undefined;
    throw error;
  }
}
