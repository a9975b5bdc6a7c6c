import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { systemClock } from '../../agents/lib/clock.ts';
import { type Clients, makeClients, reflect } from '../../crds/client/index.ts';
import { isTerminal, type Run, type Runtime } from '../../crds/v1alpha1/index.ts';
import { cleanEnv, startEmbedded } from '../acceptance/harness/embedded.ts';
import { KRT_BIN, ROOT } from '../acceptance/harness/settings.ts';
import { type BareRuns, makeBareRuns } from './bare-runs.ts';
import { type Ends, watchEnds } from './watch-ends.ts';

/** Where benchmarks run: a namespace of their own, with Runtime `bash` ready in it. */
export interface Stage {
  readonly namespace: string;
  readonly clients: Clients;
  /** In which krt finds the server and, as `kubectl krt`, kubectl finds krt. */
  readonly env: NodeJS.ProcessEnv;
  readonly runs: Ends<Run>;
  readonly bare: BareRuns;
  readonly runtime: Runtime;
  /** Removes all that was made. */
  close(): Promise<void>;
}

/** On a new embedded default. */
export async function embeddedStage(): Promise<Stage> {
  const embedded = await startEmbedded();
  const stage = await makeStage(embedded.kubeconfig, embedded.home);
  return { ...stage, close: () => stage.close().finally(() => embedded.end()) };
}

/** On the cluster of a kubeconfig, where krt is installed and the image of Runtime `bash` can be had. */
export async function clusterStage(kubeconfig: string): Promise<Stage> {
  const home = mkdtempSync(join(tmpdir(), 'krt-bench-'));
  const stage = await makeStage(kubeconfig, home);
  return { ...stage, close: () => stage.close().finally(() => rmSync(home, { recursive: true })) };
}

async function makeStage(kubeconfig: string, home: string): Promise<Stage> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  const clients = makeClients(kubeConfig, { userAgent: 'krt-bench' });
  const namespace = `krt-bench-${process.pid}`;
  await clients.namespaces.create({ metadata: { name: namespace } });
  const runtime = await addRuntime(clients, namespace);
  const bare = await makeBareRuns(clients.transport, namespace);
  const runs = watchEnds(clients.runs, namespace, isTerminal);
  const env = cleanEnv(home);
  symlinkSync(KRT_BIN, join(home, 'kubectl-krt'));
  return {
    ...{ namespace, clients, runs, bare, runtime },
    env: { ...env, KUBECONFIG: kubeconfig, PATH: `${home}${delimiter}${env['PATH']}` },
    async close() {
      runs.stop();
      await bare.remove();
      await clients.namespaces.delete(namespace);
      clients.transport.close();
    },
  };
}

/** The built-in Runtime, with 2 Pods of 64 slots. */
async function addRuntime({ runtimes }: Clients, namespace: string): Promise<Runtime> {
  const { metadata, spec } = parse(readFileSync(join(ROOT, 'install/runtimes/bash.yaml'), 'utf8')) as Runtime;
  const runtime: Runtime = {
    metadata: { ...metadata, namespace },
    spec: { ...spec, replicas: 2, capacity: { resources: { runs: 64 } } },
  };
  await runtimes.create(runtime);
  await ready(runtimes, namespace, metadata.name!, 2);
  return runtime;
}

/** Resolves once that many Pods of the Runtime are ready. */
export async function ready(
  client: Clients['runtimes'],
  namespace: string,
  name: string,
  replicas: number,
): Promise<void> {
  const signal = AbortSignal.timeout(120_000);
  const fieldSelector = `metadata.name=${name}`;
  for await (const event of reflect({ client, clock: systemClock, signal, namespace, fieldSelector })) {
    const found = event.type === 'replaced' ? event.objects[0] : event.object;
    if (found?.status?.readyReplicas === replicas) return;
  }
  throw new Error(`Runtime ${name} has not ${replicas} ready Pods within 2 minutes`);
}
