import { pino } from 'pino';
import { Registry } from 'prom-client';
import { type ControllerOptions, startController } from '../../../agents/controller/start.ts';
import type { Deployment } from '../../../crds/client/resources.ts';
import { findCondition } from '../../../crds/v1alpha1/conditions.ts';
import { makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';

/** An API server in memory, and a controller to start on it; `stop` it at the end. */
export function makeWorld() {
  const clock = new FakeClock();
  const clients = makeFakeClients(() => clock.now());
  const stop = new AbortController();
  const registry = new Registry();
  const log = pino({ level: 'silent' });
  const options: ControllerOptions = { sidecar: { image: 'krt-agents:test' } };
  return {
    clock,
    clients,
    registry,
    stop: () => stop.abort(),
    /** Starts the controller and lets it come to rest. */
    start: async (more: Partial<ControllerOptions> = {}) => {
      const deps = { clients, clock, log, registry, signal: stop.signal, random: () => 0 };
      await startController({ ...deps, options: { ...options, ...more } });
      await quiet();
    },
    /** Time goes on in steps, and everything that it brings comes to rest. */
    pass: async (ms: number) => {
      for (let left = ms; left > 0; left -= 1000) {
        await clock.advance(Math.min(left, 1000));
        await quiet();
      }
    },
    deployment: (name = 'bash') => clients.deployments.peek(`krt-runtime-${name}`),
    /** What the Deployment controller would write. */
    deployed: (status: Deployment['status'], name = 'bash') =>
      clients.deployments.patch(`krt-runtime-${name}`, 'default', { status }, { subresource: 'status' }),
    /** A condition of a Runtime as `status/reason`. */
    condition: (type: string, name = 'bash') => {
      const condition = findCondition(clients.runtimes.peek(name)?.status?.conditions, type);
      return condition && `${condition.status}/${condition.reason}`;
    },
    status: (name: string) => clients.runs.peek(name)?.status,
    /** Writes of every kind, refused ones too. */
    writes: () =>
      [
        clients.runs,
        clients.runtimes,
        clients.pods,
        clients.deployments,
        clients.serviceAccounts,
        clients.roles,
        clients.roleBindings,
        clients.networkPolicies,
        clients.events,
      ].reduce((sum, client) => sum + client.writes, 0),
  };
}

/** Lets everything that is ready happen: watches, reconciles, writes and their answers. */
export async function quiet(): Promise<void> {
  for (let i = 0; i < 25; i++) await settle();
}
