import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Clock } from '../../crds/client/clock.ts';
import { type Clients, makeClients } from '../../crds/client/index.ts';
import { aborted } from './aborted.ts';
import { countApiWrites, gaugeLeader } from './common-metrics.ts';
import { serveHealth } from './health.ts';
import { loadKubeConfig, ownNamespace } from './kube-config.ts';
import { acquireLease } from './lease.ts';
import { makeLog } from './log.ts';

/** What a leader works with; `signal` aborts at shutdown, and at once when the Lease is lost. */
export interface LeaderContext {
  clients: Clients;
  clock: Clock;
  log: Logger;
  registry: Registry;
  signal: AbortSignal;
  /** undefined: all namespaces. */
  namespace: string | undefined;
}

export interface LeaderAgentOptions {
  name: string;
  /** Name of the Lease, in the agent's own namespace. */
  lease: string;
  /** For probes and metrics, where KRT_HEALTH_PORT does not say; 0 takes any free one. */
  healthPort: number;
  env: NodeJS.ProcessEnv;
  clock: Clock;
  /** Asks for shutdown. */
  signal: AbortSignal;
  /** Starts the work; resolves when it is under way. */
  start: (context: LeaderContext) => Promise<void>;
}

/**
 * Runs an agent of which one at a time works: waits for its Lease, starts, and goes on until it is asked to stop or
 * the Lease is lost. Reads KUBECONFIG, KRT_HEALTH_PORT, KRT_LOG_LEVEL, KRT_POD_NAME, KRT_POD_NAMESPACE and
 * KRT_WATCH_NAMESPACE of `env`. Resolves to the exit code: 0 after a shutdown, 1 after a failure or a lost Lease.
 */
export async function runLeaderAgent(options: LeaderAgentOptions): Promise<number> {
  const { name, env, clock, signal } = options;
  const log = makeLog(name, env['KRT_LOG_LEVEL'] || 'info');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const leader = gaugeLeader(registry, options.lease);
  let state = 'connecting';
  const notReady = () => (state === 'working' || state === 'standing by' ? undefined : state);
  try {
    const kubeConfig = loadKubeConfig(env);
    const ownName = await ownNamespace(env, kubeConfig);
    const clients = makeClients(kubeConfig, { userAgent: `krt-${name}`, onRequest: countApiWrites(registry) });
    const port = env['KRT_HEALTH_PORT'] ? Number(env['KRT_HEALTH_PORT']) : options.healthPort;
    const health = await serveHealth({ port, registry, notReady });
    try {
      log.info({ port: health.port, server: clients.transport.server, namespace: ownName }, 'waiting for the Lease');
      state = 'standing by';
      const held = await acquireLease({
        client: clients.leases,
        clock,
        signal,
        namespace: ownName,
        name: options.lease,
        identity: `${env['KRT_POD_NAME'] || hostname()}_${randomUUID()}`,
        onError: error => log.warn({ err: error }, 'the Lease could not be read or written'),
      });
      log.info('leading');
      leader.set(true);
      state = 'starting';
      const stop = AbortSignal.any([signal, held.lost]);
      await options.start({
        clients,
        clock,
        log,
        registry,
        signal: stop,
        namespace: env['KRT_WATCH_NAMESPACE'] || undefined,
      });
      state = 'working';
      await aborted(stop);
      state = 'stopping';
      leader.set(false);
      await held.release();
      if (held.lost.aborted) throw held.lost.reason;
    } finally {
      await health.close();
      clients.transport.close();
    }
  } catch (error) {
    if (!signal.aborted) {
      log.fatal({ err: error }, 'the agent failed');
      return 1;
    }
  }
  log.info('stopped');
  return 0;
}
