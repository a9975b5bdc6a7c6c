import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Clients } from '../crds/client/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { connect } from './cluster/connect.ts';
import { findKubeconfig } from './cluster/find-kubeconfig.ts';
import type { Kubeconfig } from './cluster/kubeconfig.ts';
import { type Selected, selectCluster } from './cluster/select-cluster.ts';
import type { ClusterFlags } from './flags.ts';
import type { Lifetime } from './lifetime.ts';
import { makeOutput, type Streams } from './streams.ts';

/** The cluster that the flags, the environment and the kubeconfig come to. */
export interface Cluster {
  readonly clients: Clients;
  /** Of -n, else of the context, else `default`. */
  readonly namespace: string;
  /** Name of the context; empty where flags alone say where to go. */
  readonly context: string;
  /** URL of the API server. */
  readonly server: string;
}

/** Everything that a command gets from outside. Made once per command, by `openContext` alone. */
export interface Context extends Streams {
  readonly clock: Clock;
  /** Aborts on Ctrl-C, SIGTERM and SIGHUP, or when nobody reads stdout any more: hand it to all that waits. */
  readonly signal: AbortSignal;
  /** How the user calls us, for hints: `krt` or `kubectl krt`. */
  readonly bin: string;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the embedded default: $KRT_HOME, else ~/.krt. */
  readonly krtHome: string;
  /** The value of -n; undefined where the user left it to the kubeconfig. */
  readonly namespaceFlag: string | undefined;
  /** Reads the kubeconfig that counts; no request is made. */
  kubeconfig(): Promise<Kubeconfig>;
  /** Reads the kubeconfig and makes clients, once; no request is made yet. */
  cluster(): Promise<Cluster>;
  /** Lets go of connections. */
  close(): void;
}

/** What `openContext` takes beside the flags. */
export interface ContextOptions {
  readonly bin: string;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly lifetime: Lifetime;
}

/** The context of this process. Costs nothing until something of it is used: nothing is read and no client made before. */
export function openContext(flags: ClusterFlags, { bin, version, env, lifetime }: ContextOptions): Context {
  const home = env['HOME'] || homedir();
  const krtHome = env['KRT_HOME'] || join(home, '.krt');
  let cluster: Promise<Cluster> | undefined;
  let clients: Clients | undefined;

  async function load(): Promise<Cluster> {
    const selected = await select();
    const onRequest = (flags.verbosity ?? 0) >= 6 ? tellRequests : undefined;
    clients = connect(selected, {
      userAgent: `krt/${version}`,
      ...(flags['request-timeout'] !== undefined && { requestTimeout: flags['request-timeout'] }),
      ...(onRequest && { onRequest }),
    });
    clients.transport.onWarning = text => void context.stderr.write(`Warning: ${text}\n`);
    const { namespace, context: name } = selected;
    return { clients, namespace, context: name, server: selected.cluster.server };
  }

  async function select(): Promise<Selected> {
    return selectCluster(await findConfig(), flags);
  }

  async function findConfig(): Promise<Kubeconfig> {
    const optional = Boolean(flags.server);
    return findKubeconfig({ flag: flags.kubeconfig, env, home, krtHome, optional });
  }

  function tellRequests(method: string, url: string): (outcome: string) => void {
    const start = systemClock.now();
    return outcome =>
      void context.stderr.write(`${method} ${url} ${outcome} in ${systemClock.now() - start} milliseconds\n`);
  }

  const context: Context = {
    stdin: process.stdin,
    stdout: makeOutput(process.stdout, env, lifetime.fail),
    // nobody is left to tell what stderr could not take
    stderr: makeOutput(process.stderr, env, () => undefined),
    clock: systemClock,
    signal: lifetime.signal,
    bin,
    version,
    env,
    krtHome,
    namespaceFlag: flags.namespace,
    kubeconfig: findConfig,
    cluster: () => (cluster ??= load()),
    close: () => clients?.transport.close(),
  };
  return context;
}
