import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clients } from '../../../crds/client/index.ts';
import { ENV } from '../../../crds/v1alpha1/index.ts';
import { kubeconfigFor } from '../../acceptance/harness/kubeconfigs.ts';
import { makePod } from '../../builders/pod.ts';
import { AgentProcess } from './agent-process.ts';
import { type ApiProxy, startProxy } from './api-proxy.ts';
import { answersOk, becomes, freePort } from './ports.ts';
import { type RuntimeProxy, startRuntimeProxy } from './runtime-proxy.ts';
import { tally } from './tally.ts';

/** What a Pod is made of. */
export interface PodOptions {
  readonly name: string;
  readonly slots: number;
  /** Seconds without the API server after which runtimed ends what runs. */
  readonly fenceAfterSeconds?: number;
  /** Seconds that programs may go on after SIGTERM. */
  readonly graceSeconds?: number;
  /** Words for the Node of its agents. */
  readonly nodeArgs?: readonly string[];
  readonly canSetClocks?: boolean;
  /** A directory for artifacts, as a claim would be. */
  readonly store?: string;
}

/** Where Pods are run. */
export interface PodPlace {
  readonly clients: Clients;
  readonly namespace: string;
  readonly runtime: string;
  readonly dir: string;
  readonly dist: string;
  readonly server: string;
  readonly token: string;
}

/** A Runtime Pod whose containers are processes of this machine; this file is its kubelet. */
export interface TestPod {
  readonly name: string;
  readonly uid: string;
  readonly dir: string;
  readonly healthPort: number;
  readonly runtimed: AgentProcess;
  readonly executor: AgentProcess;
  readonly proxy: ApiProxy;
  readonly calls: RuntimeProxy;
  ready(): Promise<void>;
  /** Both processes are asked to end, then, after `meanwhile`, the API server tells it too; resolves when they have. */
  drain<T>(meanwhile: () => Promise<T>): Promise<T>;
  /** The node dies: both processes at once. */
  crash(): Promise<void>;
  /** `kubectl delete pod --force`: the object goes at once, whatever its processes do. */
  forceDelete(): Promise<void>;
  /** Ends the processes and the proxies, and removes the object and the files. */
  end(): Promise<void>;
}

/** Starts a Pod and resolves when it is Ready. */
export async function startPod(place: PodPlace, options: PodOptions): Promise<TestPod> {
  const { clients, namespace, runtime } = place;
  const { name, slots } = options;
  const built = makePod(name).namespace(namespace).runtime(runtime).capacity({ runs: slots }).obj();
  const { metadata } = await clients.pods.create({
    metadata: { name, namespace, labels: built.metadata.labels!, annotations: built.metadata.annotations! },
    // bound to a node: what deletes it politely waits for its kubelet
    spec: { nodeName: 'node', containers: [{ name: 'runtime', image: 'bash' }] },
  });
  const uid = metadata.uid!;
  const dir = join(place.dir, 'pods', uid);
  for (const each of ['workspace', 'state', 'auth', 'spool']) mkdirSync(join(dir, each), { recursive: true });
  const proxy = await startProxy(name, place.server);
  writeFileSync(join(dir, 'kubeconfig'), kubeconfigFor(proxy.url, { token: place.token }));
  const [runtimePort, healthPort] = [await freePort(), await freePort()];
  const calls = await startRuntimeProxy(runtimePort);

  const common = {
    PATH: process.env['PATH'],
    KRT_EXIT_WITH_STDIN: '1',
    [ENV.authDir]: join(dir, 'auth'),
    [ENV.workspaceDir]: join(dir, 'workspace'),
  };
  const executor = new AgentProcess({
    name: 'bash-runtime',
    script: join(place.dist, 'bash-runtime.js'),
    ...{ nodeArgs: options.nodeArgs, canSetClock: options.canSetClocks ?? false },
    env: {
      ...common,
      [ENV.runtimePort]: String(runtimePort),
      KRT_SPOOL_DIR: join(dir, 'spool'),
      [ENV.graceSeconds]: '1',
      [ENV.shutdownSeconds]: '5',
    },
    logFile: join(place.dir, `${name}-executor.log`),
  });
  const runtimed = new AgentProcess({
    name: 'runtimed',
    script: join(place.dist, 'runtimed.js'),
    ...{ nodeArgs: options.nodeArgs, canSetClock: options.canSetClocks ?? false },
    env: {
      ...common,
      KUBECONFIG: join(dir, 'kubeconfig'),
      [ENV.runtimePort]: String(calls.port),
      [ENV.stateDir]: join(dir, 'state'),
      [ENV.healthPort]: String(healthPort),
      KRT_HEALTH_HOST: '127.0.0.1',
      ...(options.store && { [ENV.artifactsDir]: options.store }),
      [ENV.runtimeName]: runtime,
      [ENV.slots]: JSON.stringify({ runs: slots }),
      [ENV.podName]: name,
      [ENV.podNamespace]: namespace,
      [ENV.podUID]: uid,
      [ENV.graceSeconds]: String(options.graceSeconds ?? 5),
      KRT_FENCE_AFTER_SECONDS: String(options.fenceAfterSeconds ?? 120),
    },
    logFile: join(place.dir, `${name}-runtimed.log`),
  });

  const stop = () => Promise.all([runtimed.end(), executor.end()]);
  const remove = () => clients.pods.delete(name, namespace, { gracePeriodSeconds: 0, preconditions: { uid } });
  const pod: TestPod = {
    ...{ name, uid, dir, healthPort, runtimed, executor, proxy, calls },
    ready: () => becomes(`Pod ${name} is ready`, () => answersOk(healthPort, '/readyz')),
    async drain(meanwhile) {
      tally.fault('Pod drained');
      const ended = Promise.all([runtimed.terminate(), executor.terminate()]);
      const result = await meanwhile();
      await clients.pods.delete(name, namespace, { gracePeriodSeconds: 30 });
      await ended;
      return result;
    },
    async crash() {
      tally.fault('Pod crashed');
      await stop();
    },
    async forceDelete() {
      tally.fault('Pod force-deleted');
      await remove();
    },
    async end() {
      await stop();
      await Promise.all([proxy.close(), calls.close()]);
      await remove().catch(() => undefined); // force-deleted before
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await pod.ready();
  const condition = { type: 'Ready', status: 'True', lastTransitionTime: new Date().toISOString() };
  const status = { phase: 'Running', conditions: [condition] };
  await clients.pods.patch(name, namespace, { status }, { subresource: 'status' });
  return pod;
}
