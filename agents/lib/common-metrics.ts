import { Counter, Gauge, type Registry } from 'prom-client';
import type { TransportOptions } from '../../crds/client/transport.ts';

/** Counts the writes that an agent sends, tries included; what it gives is the `onRequest` of the agent's clients. */
export function countApiWrites(registry: Registry): NonNullable<TransportOptions['onRequest']> {
  const writes = new Counter({
    name: 'krt_api_writes_total',
    help: 'Writes sent to the API server, by resource (runs/status is that of a Run) and HTTP status, none without an answer',
    labelNames: ['resource', 'code'],
    registers: [registry],
  });
  return (method, url) => {
    if (method === 'GET') return () => undefined;
    return outcome => writes.inc({ resource: resourceOf(url), code: /^\d{3}(?= |$)/.exec(outcome)?.[0] ?? 'none' });
  };
}

/** Counts lists and watches that failed; that a server closes a watch in good order is everyday life. */
export function countWatchRestarts(registry: Registry): Counter {
  return new Counter({
    name: 'krt_watch_restarts_total',
    help: 'Lists and watches that failed and were begun again',
    registers: [registry],
  });
}

/** Tells whether this process leads under `lease`; 0 until it is set. */
export function gaugeLeader(registry: Registry, lease: string): { set(leads: boolean): void } {
  const gauge = new Gauge({
    name: 'krt_leader',
    help: '1 in the process that holds the Lease, 0 in those that wait for it',
    labelNames: ['lease'],
    registers: [registry],
  });
  const set = (leads: boolean) => gauge.set({ lease }, leads ? 1 : 0);
  set(false);
  return { set };
}

/** The resource of a URL, such as `runs` or `runs/status`: never a name, of which there are without end. */
function resourceOf(url: string): string {
  const path = /\/(?:api|apis\/[^/]+)\/v\d\w*\/(?:namespaces\/[^/]+\/)?([a-z]+)(?:\/[^/]+(?:\/([a-z]+))?)?$/;
  const [, resource = 'other', subresource] = path.exec(new URL(url).pathname) ?? [];
  return subresource ? `${resource}/${subresource}` : resource;
}
