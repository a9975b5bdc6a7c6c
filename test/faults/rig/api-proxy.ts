import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { tally } from './tally.ts';

/** One request of an agent, as the proxy sees it before the API server does. */
export interface ProxyRequest {
  readonly agent: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and selectors: what of the server is meant. */
  readonly selection: string;
  readonly isWatch: boolean;
  readonly isWrite: boolean;
}

/**
 * What happens to a request. `answer`: the proxy answers, the server never hears of it; `drop`: the connection breaks
 * before; `lose`: it is carried out, and the connection breaks in place of the answer; `twice`: it is carried out
 * twice and gets the second answer; `freeze`: nothing, for as long as the caller waits; `cut`: the answer breaks off
 * in the middle of a line after so many bytes; `delay`: late. `before` and `after` are called in their place: to kill.
 */
export type Action =
  | { readonly do: 'answer'; readonly status: number; readonly reason: string }
  | { readonly do: 'drop' | 'lose' | 'twice' | 'freeze' }
  | { readonly do: 'cut'; readonly bytes: number }
  | { readonly do: 'delay'; readonly ms: number }
  | { readonly do: 'before' | 'after'; readonly call: () => void };

/** Decides on each request; undefined lets it pass. */
export type Rule = (request: ProxyRequest) => Action | undefined;

/** Stands between one agent and a server, on loopback. */
export interface ApiProxy {
  readonly url: string;
  /** The rule in force; undefined: everything passes. */
  rule: Rule | undefined;
  /** Requests that are being answered piece by piece. */
  readonly watches: ReadonlySet<OpenWatch>;
  /** Lets every watch that is open fall silent, and stay open for as long as the agent does; gives them. */
  silence(): OpenWatch[];
  /** Cuts every connection off, as it stands: nothing comes through, nothing is closed; until `heal`. */
  partition(): void;
  heal(): void;
  close(): Promise<void>;
}

/** A watch that is being answered. */
export interface OpenWatch {
  readonly selection: string;
  /** Breaks the connection. */
  cut(): void;
}

/** Starts a proxy that lets everything pass; `keepsHost`: the server hears the name that the agent called. */
export async function startProxy(agent: string, target: string, { keepsHost = false } = {}): Promise<ApiProxy> {
  const upstream = new http.Agent({ keepAlive: true, maxSockets: 256 });
  const watches = new Set<Watch>();
  const frozen = new Set<http.ServerResponse>();
  let isPartitioned = false;

  const handle = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const body = await buffer(request);
    if (isPartitioned) return frozen.add(response);
    const seen = readRequest(agent, request);
    const action = proxy.rule?.(seen);
    const name = nameOf(action, seen);
    if (name) tally.fault(name);
    const send = () => forward(new URL(request.url ?? '', target), request, body, { agent: upstream, keepsHost });
    switch (action?.do) {
      case 'answer':
        return answer(response, action.status, action.reason);
      case 'drop':
        return response.destroy();
      case 'freeze':
        return frozen.add(response);
      case 'before':
        action.call();
        return response.destroy();
      case 'twice':
        await buffer(await send());
        break;
      case 'delay':
        await new Promise(resolve => setTimeout(resolve, action.ms));
        break;
      default:
    }
    const reply = await send();
    if (action?.do === 'lose' || action?.do === 'after') {
      await buffer(reply);
      if (action.do === 'after') action.call();
      return response.destroy();
    }
    if (isPartitioned) return frozen.add(response);
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    if (seen.isWatch) response.flushHeaders();
    const watch = { selection: seen.selection, reply, cut: () => response.destroy() };
    if (seen.isWatch) watches.add(watch);
    response.on('close', () => {
      watches.delete(watch);
      reply.destroy();
    });
    let left = action?.do === 'cut' ? action.bytes : Number.POSITIVE_INFINITY;
    reply.on('data', (chunk: Buffer) => {
      response.write(left < chunk.length ? chunk.subarray(0, left) : chunk);
      left -= chunk.length;
      if (left < 0) response.destroy();
    });
    reply.on('end', () => response.end());
    reply.on('error', () => response.destroy());
  };

  const server = http.createServer((request, response) => {
    response.on('error', () => undefined); // the agent was killed
    handle(request, response).catch(() => response.destroy()); // the API server or the agent is gone: so is the answer
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const proxy: ApiProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rule: undefined,
    watches,
    silence() {
      for (const { reply } of watches) {
        tally.fault('watch silent (half-open)');
        reply.pause();
      }
      return [...watches];
    },
    partition() {
      tally.fault('partition');
      isPartitioned = true;
      for (const { reply } of watches) reply.pause();
    },
    heal() {
      isPartitioned = false;
      for (const { cut } of watches) cut();
      for (const response of frozen) response.destroy();
      frozen.clear();
    },
    async close() {
      server.close();
      server.closeAllConnections();
      upstream.destroy();
    },
  };
  return proxy;
}

interface Watch extends OpenWatch {
  readonly reply: http.IncomingMessage;
}

function readRequest(agent: string, { method = '', url = '' }: http.IncomingMessage): ProxyRequest {
  const { pathname, searchParams } = new URL(url, 'http://proxy');
  const isWatch = searchParams.get('watch') === 'true';
  const selectors = ['labelSelector', 'fieldSelector'].map(name => searchParams.get(name) ?? '');
  const selection = [pathname, ...selectors].join(' ').trimEnd();
  return { agent, method, path: pathname, query: searchParams, selection, isWatch, isWrite: method !== 'GET' };
}

function forward(
  url: URL,
  { method, headers }: http.IncomingMessage,
  body: Buffer,
  { agent, keepsHost }: { agent: http.Agent; keepsHost: boolean },
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = http.request(url, {
      ...(method && { method }),
      headers: { ...headers, ...(!keepsHost && { host: url.host }) },
      agent,
    });
    call.on('response', resolve);
    call.on('error', reject);
    call.end(body);
  });
}

function answer(response: http.ServerResponse, code: number, reason: string): void {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: `injected: ${reason}` };
  response.writeHead(code, { 'Content-Type': 'application/json' }).end(JSON.stringify(status));
}

const NAMES = {
  drop: 'request dropped',
  lose: 'answer lost after the commit',
  twice: 'request duplicated',
  freeze: 'request never answered',
  cut: 'watch cut in the middle of a line',
  delay: 'request delayed',
} as const;

/** What the tally calls it; a kill is told by the agent that is killed. */
function nameOf(action: Action | undefined, { isWatch }: ProxyRequest): string | undefined {
  if (!action || action.do === 'before' || action.do === 'after') return undefined;
  if (action.do === 'answer') return `answered ${action.status}`;
  return action.do === 'freeze' && isWatch ? 'watch silent (half-open)' : NAMES[action.do];
}
