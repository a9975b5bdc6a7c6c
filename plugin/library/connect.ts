import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Clients } from '../../crds/client/index.ts';
import { connect } from '../cluster/connect.ts';
import { findKubeconfig, readServiceAccount } from '../cluster/find-kubeconfig.ts';
import type { Kubeconfig } from '../cluster/kubeconfig.ts';
import { selectCluster } from '../cluster/select-cluster.ts';
import { unavailableError } from '../errors.ts';
import type { ClusterFlags } from '../flags.ts';
import type { ConnectOptions } from './options.ts';

/** A cluster that programs work with. */
export interface Connection {
  readonly clients: Clients;
  readonly namespace: string;
  /** Name of the context; empty where the options alone say where to go. */
  readonly context: string;
  /** URL of the API server. */
  readonly server: string;
}

/** The cluster that `krt` itself would choose. Reads files; makes no request. */
export async function connectByKubeconfig(options: ConnectOptions): Promise<Connection> {
  const env = { ...(options.env ?? process.env) };
  const home = env['HOME'] || homedir();
  const krtHome = env['KRT_HOME'] || join(home, '.krt');
  const optional = Boolean(options.server);
  return open(await findKubeconfig({ flag: options.kubeconfig, env, home, krtHome, optional }), options);
}

/** The cluster of the Pod that this program runs in. */
export async function connectInCluster(options: ConnectOptions): Promise<Connection> {
  const found = await readServiceAccount({ ...(options.env ?? process.env) });
  if (!found) throw unavailableError('this program does not run in a Pod that may speak to its API server');
  return open(found, options);
}

function open(kubeconfig: Kubeconfig, options: ConnectOptions): Connection {
  const selected = selectCluster(kubeconfig, flagsOf(options));
  const { requestTimeoutMs, onWarning, userAgent = `krt/${process.env.KRT_VERSION ?? '0.0.0'}` } = options;
  const clients = connect(selected, {
    userAgent,
    ...(requestTimeoutMs !== undefined && { requestTimeout: requestTimeoutMs }),
  });
  if (onWarning) clients.transport.onWarning = onWarning;
  const { namespace, context, cluster } = selected;
  return { clients, namespace, context, server: cluster.server };
}

function flagsOf(options: ConnectOptions): ClusterFlags {
  const { context, cluster, user, namespace, server, token, as } = options;
  return {
    ...{ context, cluster, user, namespace, server, token, as },
    'as-group': options.asGroups && [...options.asGroups],
    'insecure-skip-tls-verify': options.insecureSkipTlsVerify,
    'certificate-authority': options.certificateAuthority,
  };
}
