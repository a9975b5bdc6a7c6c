import { ApiError } from '../../../crds/client/api-error.ts';
import { listAll } from '../../../crds/client/resource-client.ts';
import type { Pod } from '../../../crds/client/resources.ts';
import { LABEL_RUNTIME } from '../../../crds/v1alpha1/names.ts';
import { ACTIVE_RUNS_SELECTOR, type Run } from '../../../crds/v1alpha1/run.ts';
import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import type { DescribeOptions } from './describe-run.ts';
import { type EventsFound, fetchEvents } from './events.ts';

/** A Runtime with what explains it. */
export interface RuntimeDescription {
  readonly runtime: Runtime;
  /** undefined: one may not look. */
  readonly pods: readonly Pod[] | undefined;
  /** Runs that have not ended. */
  readonly runs: readonly Run[];
  readonly events: EventsFound;
}

/** Fetches a Runtime, its Pods, the Runs that it has to do with now, and its events. */
export async function describeRuntime(options: DescribeOptions): Promise<RuntimeDescription> {
  const { clients, namespace, name, signal } = options;
  const runtime = await clients.runtimes.get(name, namespace, { signal });
  const [pods, runs, events] = await Promise.all([
    fetchPods(options),
    listAll(clients.runs, namespace, { fieldSelector: `spec.runtime=${name},${ACTIVE_RUNS_SELECTOR}`, signal }),
    fetchEvents(clients.events, runtime, signal),
  ]);
  return { runtime, pods, runs: runs.items, events };
}

async function fetchPods({ clients, namespace, name, signal }: DescribeOptions): Promise<readonly Pod[] | undefined> {
  try {
    return (await listAll(clients.pods, namespace, { labelSelector: `${LABEL_RUNTIME}=${name}`, signal })).items;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}
