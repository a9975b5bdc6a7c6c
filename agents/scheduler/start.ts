import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../../crds/client/clock.ts';
import type { Clients } from '../../crds/client/index.ts';
import { LABEL_RUNTIME } from '../../crds/v1alpha1/names.ts';
import { ACTIVE_RUNS_SELECTOR, isTerminal } from '../../crds/v1alpha1/run.ts';
import { countWatchRestarts } from '../lib/common-metrics.ts';
import { startInformer } from '../lib/informer.ts';
import { makeMetrics } from './metrics.ts';
import { DEFAULT_OPTIONS, type SchedulerOptions } from './options.ts';
import { RunScheduler } from './run-scheduler.ts';
import { slimPod, slimRun, slimRuntime } from './slim.ts';

export interface SchedulerDeps {
  clients: Pick<Clients, 'runs' | 'pods' | 'runtimes'>;
  clock: Clock;
  log: Logger;
  registry: Registry;
  /** Ends it: what is under way is given up, and told by the watch to whoever comes next. */
  signal: AbortSignal;
  /** undefined: all namespaces. */
  namespace?: string | undefined;
  options?: Partial<SchedulerOptions>;
}

/** Starts a scheduler; resolves when its caches are whole and it binds, rejects when the signal aborts before. */
export async function startScheduler(deps: SchedulerDeps): Promise<void> {
  const { clients, clock, log, registry, signal, namespace } = deps;
  const restarts = countWatchRestarts(registry);
  const onRetry = (error: unknown, delayMs: number) => {
    restarts.inc();
    log.warn({ err: error, delayMs }, 'a watch failed');
  };
  const common = { clock, signal, namespace, onRetry };
  const runs = startInformer({
    ...common,
    client: clients.runs,
    fieldSelector: ACTIVE_RUNS_SELECTOR,
    selects: run => !isTerminal(run),
    transform: slimRun,
  });
  const pods = startInformer({ ...common, client: clients.pods, labelSelector: LABEL_RUNTIME, transform: slimPod });
  const runtimes = startInformer({ ...common, client: clients.runtimes, transform: slimRuntime });
  const scheduler = new RunScheduler({
    client: clients.runs,
    runs,
    clock,
    log,
    signal,
    metrics: pools => makeMetrics(registry, pools),
    options: { ...DEFAULT_OPTIONS, ...deps.options },
  });
  runtimes.on(change => scheduler.onRuntime(change));
  pods.on(change => scheduler.onPod(change));
  runs.on(change => scheduler.onRun(change));
  await Promise.all([runtimes.synced, pods.synced, runs.synced]);
  scheduler.start();
  log.info({ runs: runs.size, pods: pods.size, runtimes: runtimes.size }, 'scheduling');
}
