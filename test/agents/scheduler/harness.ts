import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { SchedulerOptions } from '../../../agents/scheduler/options.ts';
import { startScheduler } from '../../../agents/scheduler/start.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import { type FakeClients, makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';

/** An API server in memory and the means to run schedulers on it; `stop` them all at the end. */
export function makeWorld() {
  const clock = new FakeClock();
  const clients = makeFakeClients(() => clock.now());
  const stop = new AbortController();
  const registry = new Registry();
  const log = pino({ level: 'silent' });
  return {
    clock,
    clients,
    registry,
    stop: () => stop.abort(),
    start: (options: Partial<SchedulerOptions> = {}, own: FakeClients = clients, metrics = registry) =>
      startScheduler({ clients: own, clock, log, registry: metrics, signal: stop.signal, options }),
    phase: (name: string) => clients.runs.peek(name)?.status?.phase,
    pod: (name: string) => clients.runs.peek(name)?.status?.assignedPod,
    /** The Scheduled condition of a Run as `status/reason`. */
    condition: (name: string) => {
      const condition = clients.runs.peek(name)?.status?.conditions?.find(({ type }) => type === 'Scheduled');
      return condition && `${condition.status}/${condition.reason}`;
    },
    /** Ends a Run as runtimed would, freeing its slot. */
    finish: (name: string) =>
      clients.runs.patch(name, 'default', { status: { phase: 'Succeeded' } }, { subresource: 'status' }),
    /** Runs per Pod that hold a slot. */
    held: () => {
      const count: Record<string, number> = {};
      for (const { status } of clients.runs.all()) {
        if (status?.phase === 'Scheduled' || status?.phase === 'Running') {
          count[status.assignedPod!] = (count[status.assignedPod!] ?? 0) + 1;
        }
      }
      return count;
    },
  };
}

/** Lets everything that is ready happen: watches, cycles, writes and their answers. */
export async function quiet(): Promise<void> {
  for (let i = 0; i < 12; i++) await settle();
}

/** The value of a metric, summed over its labels. */
export async function metric(registry: Registry, name: string): Promise<number> {
  const { values = [] } = (await registry.getSingleMetric(name)?.get()) ?? {};
  return values.reduce((sum, { value }) => sum + value, 0);
}

/** Names of the Runs that are Scheduled, in the order of their assignment. */
export function boundInOrder(runs: readonly Run[]): string[] {
  return runs
    .filter(({ status }) => status?.phase === 'Scheduled')
    .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .map(({ metadata }) => metadata.name!);
}
