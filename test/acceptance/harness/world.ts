import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { type Clients, isConflict, isNotFound, makeClients, type Pod } from '../../../crds/client/index.ts';
import type { Run, RunPhase, RunSpec, Runtime, RuntimeSpec } from '../../../crds/v1alpha1/index.ts';
import { isTerminal, phaseOf } from '../../../crds/v1alpha1/index.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { backend } from './backend.ts';
import { type Finished, run, type Started, type StartOptions, start } from './cli.ts';
import { type Recorder, record } from './recorder.ts';
import { DEADLINE_MS, KRT_BIN, TEST_TIMEOUT_MS } from './settings.ts';

/** A namespace of its own on the backend, with all that a suite says and sees there. */
export interface World {
  namespace: string;
  /** A folder for the suite's own files. */
  dir: string;
  /** A kubeconfig whose context names the namespace. */
  kubeconfig: string;
  env: NodeJS.ProcessEnv;
  clients: Clients;
  runs: Recorder<Run>;
  runtimes: Recorder<Runtime>;
  pods: Recorder<Pod>;
  /** Creates a Run with that spec; its name is made up unless given. */
  submit(spec: RunSpec, name?: string): Promise<string>;
  /** The Run once it has ended. */
  ended(name: string): Promise<Run>;
  /** The Run once it is in `phase`; throws when it ends otherwise. */
  reaches(name: string, phase: RunPhase): Promise<Run>;
  addRuntime(name: string, spec?: Partial<RuntimeSpec>): Promise<void>;
  /** Resolves once `count` Pods of the Runtime are ready and its status says so. */
  ready(runtime: string, count: number): Promise<Runtime>;
  cancel(name: string): Promise<void>;
  krt(args: readonly string[], options?: StartOptions): Promise<Finished>;
  startKrt(args: readonly string[], options?: StartOptions): Started;
  kubectl(args: readonly string[], options?: StartOptions): Promise<Finished>;
}

export interface WorldOptions {
  /** Spec of the Runtime `bash` that the suite starts with; false: none. */
  bash?: Partial<RuntimeSpec> | false;
}

/** One Pod with 8 slots: enough for a suite's Runs side by side, and quick to start. */
const ONE_POD: Partial<RuntimeSpec> = { replicas: 1, capacity: { resources: { runs: 8 } } };

/** Gives the suite that calls it a world, made before its first test and removed after its last. */
export function useWorld(suite: string, options: WorldOptions = {}): World {
  const world = {} as World;
  const stop = new AbortController();
  before(async function () {
    this.timeout(TEST_TIMEOUT_MS);
    Object.assign(world, await makeWorld(suite, stop.signal));
    if (options.bash !== false) await world.addRuntime('bash', options.bash ?? ONE_POD);
  });
  beforeEach(function () {
    // of the test, not of this hook
    this.currentTest?.timeout(TEST_TIMEOUT_MS);
  });
  after(async () => {
    stop.abort();
    // the next suite need not wait until all is gone
    if (world.namespace) await world.clients.namespaces.delete(world.namespace).catch(unlessGoing);
    world.clients?.transport.close();
  });
  return world;
}

/** A suite may have deleted its namespace itself. */
function unlessGoing(error: unknown): void {
  if (!isNotFound(error) && !isConflict(error)) throw error;
}

/** The spec of a Run of Runtime `bash` that executes `script`. */
export function sh(script: string, rest: Partial<RunSpec> = {}): RunSpec {
  return { runtime: 'bash', source: { inline: script }, ...rest };
}

async function makeWorld(suite: string, signal: AbortSignal): Promise<World> {
  const { kubeconfig: shared, env: baseEnv, home } = await backend();
  const namespace = `krt-${suite}-${process.pid.toString(36)}${Math.trunc(performance.timeOrigin).toString(36).slice(-4)}`;
  const dir = join(home, namespace);
  await mkdir(dir);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(shared);
  const clients = makeClients(kubeConfig);
  // a real API server enforces it: no suite may need more
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await clients.namespaces.create({ metadata: { name: namespace, labels } });
  const kubeconfig = join(dir, 'kubeconfig');
  await writeFile(kubeconfig, withNamespace(kubeConfig, namespace), { mode: 0o600 });
  const env = { ...baseEnv, KUBECONFIG: kubeconfig };

  const runs = record(clients.runs, namespace, signal);
  const runtimes = record(clients.runtimes, namespace, signal);
  const pods = record(clients.pods, namespace, signal);
  const startKrt: World['startKrt'] = (args, options) =>
    start(process.execPath, [...(options?.nodeArgs ?? []), KRT_BIN, ...args], { env, cwd: dir, ...options });

  const world: World = {
    namespace,
    dir,
    kubeconfig,
    env,
    clients,
    runs,
    runtimes,
    pods,
    startKrt,
    krt: (args, options) => startKrt(args, options).done,
    kubectl: (args, options) => run('kubectl', args, { env, cwd: dir, ...options }),
    async submit(spec, name) {
      const metadata = { namespace, ...(name === undefined ? { generateName: 'run-' } : { name }) };
      return (await clients.runs.create({ metadata, spec })).metadata.name!;
    },
    ended: name =>
      runs.until(`the end of Run ${name}`, () => {
        const found = runs.get(name);
        return found && isTerminal(found) && found;
      }),
    reaches: (name, phase) =>
      runs.until(`phase ${phase} of Run ${name}`, () => {
        const seen = runs.history(name).findLast(version => phaseOf(version) === phase);
        const last = runs.get(name);
        if (!seen && last && isTerminal(last)) throw new Error(`${name} ended: ${JSON.stringify(last.status)}`);
        return seen;
      }),
    async addRuntime(name, spec = {}) {
      const runtime = makeRuntime(name).spec(spec).obj();
      const [container] = runtime.spec.template.spec.containers;
      container!.image = 'kruntimes-bash-runtime:latest';
      await clients.runtimes.create({ metadata: { name, namespace }, spec: runtime.spec });
      await world.ready(name, runtime.spec.replicas ?? 1);
    },
    ready: (name, count) =>
      runtimes.until(
        `${count} ready Pods of Runtime ${name}`,
        () => {
          const found = runtimes.get(name);
          return found?.status?.readyReplicas === count && found.status.replicas === count && found;
        },
        DEADLINE_MS,
      ),
    async cancel(name) {
      await clients.runs.patch(name, namespace, { spec: { cancelRequested: true } });
    },
  };
  return world;
}

function withNamespace(kubeConfig: KubeConfig, namespace: string): string {
  const config = JSON.parse(kubeConfig.exportConfig()) as {
    'current-context': string;
    contexts: { name: string; context: { namespace?: string } }[];
  };
  for (const { name, context } of config.contexts) {
    if (name === config['current-context']) context.namespace = namespace;
  }
  return JSON.stringify(config);
}
