import { usageError } from '../errors.ts';
import type { ClusterFlags } from '../flags.ts';
import { suggest } from '../suggest.ts';
import type { ClusterEntry, Kubeconfig, UserEntry } from './kubeconfig.ts';

/** The one cluster, user and namespace that a command works with. */
export interface Selected {
  /** Name of the context; empty where flags alone say where to go. */
  readonly context: string;
  readonly cluster: ClusterEntry & { server: string };
  readonly user: UserEntry;
  readonly namespace: string;
}

/** What the flags and the kubeconfig come to, by kubectl's rules; throws a usage error where they name what is not there. */
export function selectCluster(config: Kubeconfig, flags: ClusterFlags): Selected {
  const context = flags.context ?? config.currentContext;
  const entry = context ? pick('context', config.contexts, context) : {};
  const clusterName = flags.cluster ?? entry.cluster;
  const userName = flags.user ?? entry.user;
  const cluster = withClusterFlags(clusterName ? pick('cluster', config.clusters, clusterName) : {}, flags);
  const user = withUserFlags(userName ? pick('user', config.users, userName) : {}, flags);
  if (!cluster.server) throw noServer(config, context);
  const server = normaliseServer(cluster.server, isSecure(cluster, user));
  return { context, cluster: { ...cluster, server }, user, namespace: flags.namespace || entry.namespace || 'default' };
}

function pick<T>(what: string, entries: ReadonlyMap<string, T>, name: string): T {
  const found = entries.get(name);
  if (found) return found;
  const names = [...entries.keys()];
  const near = suggest(name, names);
  const hint = near ? `did you mean ${near}?` : names.length > 0 ? `it has: ${names.join(', ')}` : 'it has none';
  throw usageError(`there is no ${what} "${name}" in the kubeconfig`, hint);
}

function withClusterFlags(cluster: ClusterEntry, flags: ClusterFlags): ClusterEntry {
  const result = { ...cluster };
  if (flags.server) result.server = flags.server;
  if (flags['tls-server-name']) result['tls-server-name'] = flags['tls-server-name'];
  if (flags['certificate-authority'] || flags['insecure-skip-tls-verify']) {
    delete result['certificate-authority'];
    delete result['certificate-authority-data'];
    result['insecure-skip-tls-verify'] = flags['insecure-skip-tls-verify'] ?? false;
  }
  if (flags['certificate-authority']) result['certificate-authority'] = flags['certificate-authority'];
  if (result['insecure-skip-tls-verify'] && result['certificate-authority']) {
    throw usageError(
      '--certificate-authority says nothing together with --insecure-skip-tls-verify',
      'leave one of them out',
    );
  }
  return result;
}

function withUserFlags(user: UserEntry, flags: ClusterFlags): UserEntry {
  const result = { ...user };
  if (flags.token) {
    // a token given by hand takes the place of every way to get one
    for (const field of ['tokenFile', 'exec', 'auth-provider', 'username', 'password'] as const) delete result[field];
    result.token = flags.token;
  }
  if (flags['client-certificate']) {
    delete result['client-certificate-data'];
    result['client-certificate'] = flags['client-certificate'];
  }
  if (flags['client-key']) {
    delete result['client-key-data'];
    result['client-key'] = flags['client-key'];
  }
  if (flags.as) result.as = flags.as;
  if (flags['as-uid']) result['as-uid'] = flags['as-uid'];
  if (flags['as-group']?.length) result['as-groups'] = flags['as-group'];
  if (!result.as && (result['as-groups']?.length || result['as-uid'])) {
    throw usageError('--as-group and --as-uid say nothing without a user', 'name one with --as');
  }
  return result;
}

function noServer(config: Kubeconfig, context: string): Error {
  if (context) return usageError(`context "${context}" of the kubeconfig names no cluster with a server`);
  const names = [...config.contexts.keys()];
  const hint = names.length > 0 ? `choose one with --context: ${names.join(', ')}` : 'it has no contexts either';
  return usageError('the kubeconfig has no current-context', hint);
}

const isSecure = (cluster: ClusterEntry, user: UserEntry) =>
  Boolean(
    cluster['certificate-authority'] ||
      cluster['certificate-authority-data'] ||
      cluster['insecure-skip-tls-verify'] ||
      user['client-certificate'] ||
      user['client-certificate-data'],
  );

/** A server without a scheme is what `kubectl -s host:port` takes too: http, unless something says TLS. */
function normaliseServer(server: string, secure: boolean): string {
  const url = /^[a-z]+:\/\//i.test(server) ? server : `${secure ? 'https' : 'http'}://${server}`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw usageError(`the server "${server}" is not an http or https URL`);
  }
  return url.replace(/\/+$/, '');
}
