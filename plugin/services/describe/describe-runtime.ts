import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import type { DescribeOptions } from './describe-options.ts';
import { type EventsFound, fetchEvents } from './events.ts';
import { fetchPool, type Pool } from './pool.ts';

/** A Runtime with what explains it. */
export interface RuntimeDescription extends Pool {
  readonly runtime: Runtime;
  readonly events: EventsFound;
}

/** Fetches a Runtime, its Pods, the Runs that it has to do with now, and its events. */
export async function describeRuntime(options: DescribeOptions): Promise<RuntimeDescription> {
  const { clients, namespace, name, signal } = options;
  const runtime = await clients.runtimes.get(name, namespace, { signal });
  const [pool, events] = await Promise.all([fetchPool(options), fetchEvents(clients.events, runtime, signal)]);
  return { runtime, ...pool, events };
}
