import { unlink } from 'node:fs/promises';
import { KubeConfig } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { type Clients, makeClients } from '../../crds/client/index.ts';
import { startController } from '../controller/start.ts';
import type { Clock } from '../lib/clock.ts';
import { startScheduler } from '../scheduler/start.ts';
import { type CustomResourceDefinition, kubeconfigServer, startApiServer } from './api/index.ts';
import { type DaemonInfo, serveControl } from './control.ts';
import { type Home, loadPort, loadToken, savePort, saveToken, writeKubeconfig } from './home.ts';
import { AGENTS_IMAGE } from './images.ts';
import type { Images } from './node/container/images.ts';
import { LogStore } from './node/logs/log-store.ts';
import { PodFiles } from './node/pod/pod-files.ts';
import { PortPool } from './node/pod/ports.ts';
import { sweep } from './node/process/sweep.ts';
import { type Node, startNode } from './node/start-node.ts';
import { startWorkloads } from './workloads/start-workloads.ts';

/** What an embedded default runs with. */
export interface LocalOptions {
  readonly home: Home;
  readonly crds: readonly CustomResourceDefinition[];
  readonly images: Images;
  readonly version: string;
  readonly pid: number;
  /** PATH of Pods. */
  readonly searchPath: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An embedded default that is up. */
export interface Local {
  readonly info: DaemonInfo;
  /**
   * Ends the processes of all Pods, by force after `graceMs`, then the agents and the API server; Pods stay. A second
   * call may shorten the grace. The control socket can ask for it too.
   */
  stop(graceMs: number): void;
  /** Resolves once it has stopped. */
  readonly stopped: Promise<void>;
}

/** Starts API server, controllers, scheduler and node in this process; resolves when all of them work. */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { home, clock, log, version, pid } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const files = new PodFiles(home.pods);
  const logs = new LogStore(
    uid => files.logs(uid),
    () => clock.now(),
  );
  const ports = new PortPool();
  const token = await loadToken(home);
  const api = await startApi(options, { token, logs, ports, signal });
  let node: Node | undefined;
  let clients: Clients | undefined;

  async function close(graceMs: number): Promise<void> {
    await node?.stop(graceMs);
    stopping.abort(new Error('the embedded default stops'));
    clients?.transport.close();
    await api.close();
    await unlink(home.socket).catch(() => undefined); // never made, or removed by hand
  }

  try {
    // the file of the API server is held from here on: no other start is under way
    await saveToken(home, token);
    await writeKubeconfig(home, kubeconfigServer(api.url, token), token);
    const left = await sweep(await files.started(), clock);
    if (left > 0) log.warn({ left }, 'processes of an earlier start would not end');

    clients = connect(home, version);
    const common = { clients, clock, log, signal };
    node = startNode({
      ...{ ...common, files, logs, images: options.images, searchPath: options.searchPath, token, ports },
      ...{ nodeName: 'local', dir: home.dir, kubeconfig: home.kubeconfig },
    });
    const controller = { sidecar: { image: `${AGENTS_IMAGE}:${version}` } };
    await Promise.all([
      node.synced,
      startWorkloads(common),
      startScheduler({ ...common, registry: new Registry() }),
      startController({ ...common, registry: new Registry(), options: controller }),
    ]);

    const stopped = Promise.withResolvers<void>();
    let isStopping = false;
    const stop = (graceMs: number) => {
      log.info({ graceMs }, 'stopping');
      if (isStopping) return void node?.stop(graceMs);
      isStopping = true;
      close(graceMs).then(stopped.resolve, stopped.reject);
    };
    const startedAt = new Date(clock.now()).toISOString();
    const info = { pid, version, server: api.url, kubeconfig: home.kubeconfig, startedAt };
    await serveControl(home.socket, { info: () => (isStopping ? undefined : info), stop });
    log.info(info, 'up');
    return { info, stop, stopped: stopped.promise };
  } catch (error) {
    await close(0);
    throw error;
  }
}

function connect({ kubeconfig }: Home, version: string): Clients {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  return makeClients(kubeConfig, { userAgent: `krt-local/${version}` });
}

/** On the port of the last time where that is free, so that addresses which were noted down stay good. */
async function startApi(
  options: LocalOptions,
  more: { token: string; logs: LogStore; ports: PortPool; signal: AbortSignal },
) {
  const { home, crds, clock, log } = options;
  const { token, logs: podLogs, ports: podPorts, signal } = more;
  const start = (port: number) =>
    startApiServer({ dbFile: home.database, crds, token, port, clock, log, podLogs, podPorts, signal });
  const last = await loadPort(home);
  const api = await start(last).catch(error => {
    if (last === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    log.warn({ port: last }, 'the port of the last time is taken');
    return start(0);
  });
  await savePort(home, Number(new URL(api.url).port));
  return api;
}
