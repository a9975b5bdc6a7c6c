import { collectDefaultMetrics, Registry } from 'prom-client';
import { makeClients } from '../../crds/client/index.ts';
import { ARTIFACTS_PATH } from '../../crds/v1alpha1/names.ts';
import { systemClock } from '../lib/clock.ts';
import { countApiWrites } from '../lib/common-metrics.ts';
import { serveHealth } from '../lib/health.ts';
import { loadKubeConfig } from '../lib/kube-config.ts';
import { makeLog } from '../lib/log.ts';
import { shutdownSignal } from '../lib/shutdown.ts';
import { connectRuntime } from '../protocol/index.ts';
import { openStore } from './artifacts/open-store.ts';
import { removeRuns } from './artifacts/remove-runs.ts';
import { artifactHandler } from './artifacts/serve.ts';
import { fdSink } from './logs/fd-sink.ts';
import { type Runtimed, startRuntimed } from './runtimed.ts';
import { readSettings, readStoreSettings } from './settings.ts';

const clock = systemClock;
const log = makeLog('runtimed', process.env['KRT_LOG_LEVEL'] || 'info');
try {
  const [mode, ...uids] = process.argv.slice(2);
  await (mode === 'remove' ? remove(uids) : serve());
  log.info('stopped');
} catch (err) {
  log.fatal({ err }, 'the agent failed');
  process.exit(1);
}

/** As a cleaner: `node runtimed.js remove UID…`. */
async function remove(uids: readonly string[]): Promise<void> {
  const store = await openStore(readStoreSettings(process.env));
  if (!store) throw new Error('the environment names no store');
  await removeRuns(uids, { store, clock, log });
}

async function serve(): Promise<void> {
  const { runtimePort, healthPort, ...settings } = readSettings(process.env);
  const artifactStore = await openStore(settings);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const clients = makeClients(loadKubeConfig(process.env), {
    userAgent: 'krt-runtimed',
    onRequest: countApiWrites(registry),
  });
  let runtimed: Runtimed | undefined;
  const health = await serveHealth({
    port: healthPort,
    host: process.env['KRT_HEALTH_HOST'] || undefined,
    registry,
    ...(artifactStore && { handlers: { [ARTIFACTS_PATH]: artifactHandler(artifactStore, log) } }),
    notReady: () => (runtimed ? runtimed.notReady() : 'starting'),
  });
  runtimed = await startRuntimed({
    ...settings,
    ...{ clock, log, registry },
    artifactStore,
    runs: clients.runs,
    connect: token => connectRuntime({ address: `127.0.0.1:${runtimePort}`, token, clock }),
    sink: fdSink(1, clock),
    signal: shutdownSignal(process, { withStdin: process.env['KRT_EXIT_WITH_STDIN'] === '1' }),
  });
  await runtimed.stopped;
  await health.close();
  clients.transport.close();
}
