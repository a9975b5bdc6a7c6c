import { createServer } from 'node:net';
import type { Pod } from '../../../../crds/client/resources.ts';
import { ENV } from '../../../../crds/v1alpha1/names.ts';
import type { PodPorts } from '../../api/index.ts';
import { containersOf, initContainersOf, type NodeContainer } from './spec.ts';

/** All Pods share one address here, so the ports that these name are another pair for each Pod. */
const REPLACED = [ENV.runtimePort, ENV.healthPort];

/** Below what systems give to outgoing connections, so that none of these takes a port between the look and the use. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/** Free ports of 127.0.0.1, each given to one Pod at a time. */
export class PortPool implements PodPorts {
  readonly #ofPods = new Map<string, Map<number, number>>();
  readonly #taken = new Set<number>();
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Ports in the place of those that the Pod's containers are told by name; the same until they are released. */
  async takeFor(pod: Pod): Promise<ReadonlyMap<number, number>> {
    const { uid = '' } = pod.metadata;
    const ports = this.#ofPods.get(uid) ?? new Map<number, number>();
    this.#ofPods.set(uid, ports);
    for (const port of portsToReplace(pod)) if (!ports.has(port)) ports.set(port, await this.#take());
    return ports;
  }

  find(uid: string, port: number): number | undefined {
    const ports = this.#ofPods.get(uid);
    return ports && (ports.get(port) ?? port);
  }

  /** The Pod with that UID runs no more. */
  release(uid: string): void {
    for (const port of this.#ofPods.get(uid)?.values() ?? []) this.#taken.delete(port);
    this.#ofPods.delete(uid);
  }

  /** A port that nobody listens on. */
  async #take(): Promise<number> {
    const start = Math.floor(this.#random() * PORTS);
    for (let i = 0; i < PORTS; i++) {
      const port = FIRST_PORT + ((start + i) % PORTS);
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      if (await isFree(port)) return port;
      this.#taken.delete(port);
    }
    throw new Error(`no port from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} is free`);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The ports that the Pod's containers are told by name, to be replaced by free ones. */
export function portsToReplace(pod: Pod): Set<number> {
  const ports = new Set<number>();
  for (const { env = [] } of [...initContainersOf(pod), ...containersOf(pod)]) {
    for (const { name, value } of env) {
      const port = Number(value);
      if ((REPLACED as string[]).includes(name) && Number.isInteger(port) && port > 0) ports.add(port);
    }
  }
  return ports;
}

/** Value of variable `name` with its port replaced. */
export function replacePort(name: string, value: string, ports: ReadonlyMap<number, number>): string {
  const port = (REPLACED as string[]).includes(name) ? ports.get(Number(value)) : undefined;
  return port === undefined ? value : String(port);
}

/** Where a probe finds `port`, a number or the name of one of the container's; undefined where it has no such name. */
export function probePort(
  container: NodeContainer,
  port: number | string,
  ports: ReadonlyMap<number, number>,
): number | undefined {
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  const number = named ?? Number(port);
  return Number.isInteger(number) && number > 0 ? (ports.get(number) ?? number) : undefined;
}
