import { unlink } from 'node:fs/promises';
import { KubeConfig } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { makeClients } from '../../crds/client/index.ts';
import { startController } from '../controller/start.ts';
import type { Clock } from '../lib/clock.ts';
import { startScheduler } from '../scheduler/start.ts';
import { type CustomResourceDefinition, kubeconfigServer, startApiServer } from './api/index.ts';
import { type DaemonInfo, serveControl } from './control.ts';
import { type Home, loadPort, loadToken, savePort, writeKubeconfig } from './home.ts';
import { AGENTS_IMAGE } from './images.ts';
import type { Images } from './node/container/images.ts';
import { LogStore } from './node/logs/log-store.ts';
import { PodFiles } from './node/pod/pod-files.ts';
import { PortPool } from './node/pod/ports.ts';
import { sweep } from './node/process/sweep.ts';
import { startNode } from './node/start-node.ts';
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
  /** Asked to stop on the control socket, with the grace in milliseconds. */
  readonly onStop: (graceMs: number) => void;
}

/** An embedded default that is up. */
export interface Local {
  readonly info: DaemonInfo;
  /** Ends the processes of all Pods, by force after `graceMs`, then the agents and the API server; Pods stay. */
  stop(graceMs: number): Promise<void>;
}

/** Starts API server, controllers, scheduler and node in this process; resolves when all of them work. */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { home, clock, log, version } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const files = new PodFiles(home.pods);
  const logs = new LogStore(
    uid => files.logs(uid),
    () => clock.now(),
  );

  const token = await loadToken(home);
  const ports = new PortPool();
  const api = await startApi(options, { token, logs, ports, signal });
  try {
    await writeKubeconfig(home, kubeconfigServer(api.url, token), token);
    const left = await sweep(await files.started(), clock);
    if (left > 0) log.warn({ left }, 'processes of an earlier start would not end');

    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(home.kubeconfig);
    const clients = makeClients(kubeConfig, { userAgent: `krt-local/${version}` });
    const common = { clients, clock, log, signal };
    const node = startNode({
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

    const { pid } = options;
    const startedAt = new Date(clock.now()).toISOString();
    const info = { pid, version, server: api.url, kubeconfig: home.kubeconfig, startedAt };
    await serveControl(home.socket, info, options.onStop);
    log.info(info, 'up');
    return {
      info,
      async stop(graceMs) {
        log.info({ graceMs }, 'stopping');
        await node.stop(graceMs);
        stopping.abort(new Error('the embedded default stops'));
        clients.transport.close();
        await api.close();
        await unlink(home.socket).catch(() => undefined); // never made, or removed by hand
        log.info('stopped');
      },
    };
  } catch (error) {
    stopping.abort(error);
    await api.close();
    throw error;
  }
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
