import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import pino from 'pino';
import { parse } from 'yaml';
import { systemClock } from '../../agents/lib/clock.ts';
import { type CustomResourceDefinition, kubeconfigServer, startApiServer } from '../../agents/local/api/index.ts';
import { type Clients, makeClients } from '../../crds/client/index.ts';
import { kubeconfigFor } from '../acceptance/harness/kubeconfigs.ts';
import { ROOT } from '../acceptance/harness/settings.ts';

const DAY_MS = 86_400_000;

/** An API server of objects that are ten days old, so that their age is the same for whoever looks. */
export interface OldServer {
  /** Of a process that speaks to it and to nothing else. */
  readonly env: NodeJS.ProcessEnv;
  stop(): void;
}

/** Starts an API server without agents, and has `populate` make its objects ten days ago. */
export async function startOldServer(populate: (clients: Clients) => Promise<void>): Promise<OldServer> {
  const stop = new AbortController();
  let shift = -10 * DAY_MS;
  const dir = await mkdtemp(join(tmpdir(), 'krt-old-server-'));
  const crd = (name: string) =>
    parse(readFileSync(join(ROOT, `crds/kruntimes.io_${name}.yaml`), 'utf8')) as CustomResourceDefinition;
  const server = await startApiServer({
    dbFile: join(dir, 'api.db'),
    crds: [crd('runs'), crd('runtimes')],
    token: 'sesame',
    port: 0,
    clock: { ...systemClock, now: () => systemClock.now() + shift },
    log: pino({ level: 'silent' }),
    podLogs: { read: () => Promise.reject(new Error('there are no logs')) } as never,
    signal: stop.signal,
  });
  const kubeconfig = kubeconfigFor(kubeconfigServer(server.url, 'sesame'), { token: 'sesame' });
  writeFileSync(join(dir, 'kubeconfig'), kubeconfig, { mode: 0o600 });
  const loaded = new KubeConfig();
  loaded.loadFromString(kubeconfig);
  const clients = makeClients(loaded);
  await populate(clients);
  clients.transport.close();
  shift = 0;
  return {
    env: { PATH: process.env['PATH'], HOME: dir, KUBECONFIG: join(dir, 'kubeconfig') },
    stop() {
      stop.abort();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
