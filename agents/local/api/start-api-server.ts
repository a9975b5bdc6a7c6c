import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../lib/clock.ts';
import { makeHttpServer } from './http/server.ts';
import type { PodLogSource } from './pod-log-source.ts';
import type { HistoryLimits } from './store/history.ts';
import { Store } from './store/store.ts';
import { builtinTypes } from './types/builtin-types.ts';
import type { CustomResourceDefinition } from './types/crd.ts';
import { Registry } from './types/registry.ts';
import { installCrds } from './upkeep/crds.ts';
import { Dependents } from './upkeep/dependents.ts';
import { ensureNamespace } from './upkeep/namespaces.ts';
import { catchUp, startUpkeep } from './upkeep/upkeep.ts';
import type { ApiContext, PodPorts } from './verbs/context.ts';

/** What an embedded API server is made of. */
export interface ApiServerOptions {
  /** The SQLite file; its directory is made (mode 0700) where it is missing. */
  readonly dbFile: string;
  /** Installed at boot, and again in newer form on later boots. */
  readonly crds: readonly CustomResourceDefinition[];
  readonly token: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly podLogs: PodLogSource;
  /** Absent: no Pod can be reached. */
  readonly podPorts?: PodPorts;
  /** Closes the server when it aborts. */
  readonly signal: AbortSignal;
  /** Name that the token's holder has; default `krt`. */
  readonly user?: string;
  /** Serve HTTPS with this key and certificate (PEM); plain HTTP otherwise. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly history?: HistoryLimits;
}

/** A running API server. */
export interface ApiServer {
  /** Without credentials: `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Ends watches and connections and closes the file; once is enough, more does no harm. */
  close(): Promise<void>;
}

/**
 * Starts an API server that behaves, for what krt uses, like kube-apiserver 1.37: objects live in one SQLite file,
 * every acknowledged write is committed there. Listens on 127.0.0.1 alone. Rejects when the port or the file is taken.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  mkdirSync(dirname(options.dbFile), { recursive: true, mode: 0o700 });
  const closing = new AbortController();
  const store = new Store(options.dbFile, options.history);
  const context: ApiContext = {
    store,
    registry: new Registry(builtinTypes()),
    dependents: new Dependents(store),
    clock: options.clock,
    log: options.log,
    podLogs: options.podLogs,
    podPorts: options.podPorts ?? { find: () => undefined },
    user: options.user ?? 'krt',
    signal: closing.signal,
  };
  const app = makeHttpServer(context, { token: options.token, tls: options.tls });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (async () => {
      closing.abort();
      await app.close();
      store.close();
    })();
    return closed;
  };
  try {
    startUpkeep(context);
    for (const namespace of ['default', 'kube-system']) ensureNamespace(context, namespace);
    installCrds(context, options.crds);
    catchUp(context);
    await app.listen({ host: '127.0.0.1', port: options.port });
  } catch (error) {
    await close();
    throw error;
  }
  if (options.signal.aborted) await close();
  options.signal.addEventListener('abort', () => void close(), { once: true });
  const { port } = app.server.address() as AddressInfo;
  return { url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`, close };
}

/**
 * The server URL to write into a kubeconfig (mode 0600). kubectl sends no token over plain HTTP, so the URL carries
 * it as a password there; over HTTPS it stays out.
 */
export function kubeconfigServer(url: string, token: string): string {
  const server = new URL(url);
  if (server.protocol === 'https:') return url;
  server.username = 'krt';
  server.password = token;
  return server.href.replace(/\/$/, '');
}
