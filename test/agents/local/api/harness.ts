import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Clock, systemClock } from '../../../../agents/lib/clock.ts';
import {
  type ApiServer,
  type ApiServerOptions,
  noPodLogs,
  startApiServer,
} from '../../../../agents/local/api/index.ts';
import type { ApiObject } from '../../../../agents/local/api/object.ts';
import { Store } from '../../../../agents/local/api/store/store.ts';
import { builtinTypes } from '../../../../agents/local/api/types/builtin-types.ts';
import { Registry } from '../../../../agents/local/api/types/registry.ts';
import { Dependents } from '../../../../agents/local/api/upkeep/dependents.ts';
import { ensureNamespace } from '../../../../agents/local/api/upkeep/namespaces.ts';
import { startUpkeep } from '../../../../agents/local/api/upkeep/upkeep.ts';
import type { ApiContext } from '../../../../agents/local/api/verbs/context.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { readCrds } from './crds.ts';

/** A folder that is removed after the test. */
export function useFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), 'krt-api-'));
  });
  afterEach(() => rmSync(folder.path, { recursive: true, force: true }));
  return folder;
}

/** What the verbs and upkeep work with, on a file in `dir`; `stop` ends upkeep and closes the file. */
export interface TestContext extends ApiContext {
  readonly clock: FakeClock;
  /** What was logged as an error. */
  readonly errors: unknown[];
  stop(): void;
}

/** A context without a server: namespace `default` is there, and upkeep runs. */
export function makeContext(dir: string): TestContext {
  const clock = new FakeClock();
  const stop = new AbortController();
  const errors: unknown[] = [];
  const log = pino({ level: 'error' }, { write: line => errors.push(JSON.parse(line)) });
  const store = new Store(join(dir, 'state.db'));
  const context: TestContext = {
    store,
    registry: new Registry(builtinTypes()),
    dependents: new Dependents(store),
    clock,
    log,
    podLogs: noPodLogs,
    podPorts: { find: () => undefined },
    user: 'krt',
    signal: stop.signal,
    errors,
    stop() {
      stop.abort();
      store.close();
    },
  };
  startUpkeep(context);
  ensureNamespace(context, 'default');
  return context;
}

/** A stored object of namespace `default` unless `metadata` says otherwise. */
export const makeObject = (kind: string, name: string, rest: object = {}, metadata: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'default', ...metadata },
  ...rest,
});

/** The token of servers of tests. */
export const TOKEN = 'a-token-for-tests';

/** An API server of this process. */
export interface TestServer extends ApiServer {
  readonly log: unknown[];
  /** One request with the token; the answer's JSON. */
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a body is read by its paths
  readonly body: any;
}

/** Starts a server on a file in `dir`, with krt's own types. */
export async function startServer(
  dir: string,
  options: Partial<Omit<ApiServerOptions, 'clock'>> & { clock?: Clock } = {},
): Promise<TestServer> {
  const log: unknown[] = [];
  const server = await startApiServer({
    dbFile: join(dir, 'state.db'),
    crds: readCrds(),
    token: TOKEN,
    port: 0,
    clock: systemClock,
    log: pino({ level: 'warn' }, { write: line => log.push(JSON.parse(line)) }),
    podLogs: noPodLogs,
    signal: new AbortController().signal,
    ...options,
  });
  return {
    ...server,
    log,
    async request(method, path, body, headers = {}) {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${TOKEN}`,
          'Content-Type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
  };
}

/** Where the Runs of namespace `default` are. */
export const RUNS = '/apis/kruntimes.io/v1alpha1/namespaces/default/runs';

/** The body of a Run. */
export const makeRunBody = (name: string, rest: object = {}): object => ({
  apiVersion: 'kruntimes.io/v1alpha1',
  kind: 'Run',
  metadata: { name, ...rest },
  spec: { runtime: 'bash', source: { inline: 'echo hello' } },
});
