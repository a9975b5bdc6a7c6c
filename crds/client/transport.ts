import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node';
import { ApiError, type ApiStatus, ConnectionError } from './api-error.ts';

/** One request to an API server: `query` values of undefined are left out. */
export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  contentType?: string;
  accept?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** Sends requests to one API server over connections that are kept alive. */
export interface Transport {
  /** Address of the server, for messages. */
  readonly server: string;
  /** The parsed JSON body. Throws ApiError or ConnectionError, or the signal's reason. */
  json<T>(request: ApiRequest): Promise<T>;
  /** The body as it comes, for watches and logs. Throws like `json`; an error status is read and thrown. */
  stream(request: ApiRequest): Promise<Readable>;
  /** The server's clock, to the second, as its last answer told it (milliseconds since the epoch). */
  readonly serverTime: number | undefined;
  /** Called with the text of each `Warning` header. */
  onWarning?: (text: string) => void;
  /** Closes idle connections. */
  close(): void;
}

/** What `makeTransport` takes beside the kubeconfig. */
export interface TransportOptions {
  userAgent?: string;
  /** Milliseconds that a request, but for streams, may take; default 30,000; 0: for ever. */
  requestTimeout?: number;
  /** Sent with every request. */
  headers?: Record<string, string | string[]>;
  /** Called before each request; what it returns is told how the request ended, such as `200 OK`. */
  onRequest?: (method: string, url: string) => (outcome: string) => void;
}

/**
 * A transport for the current context of `kubeConfig`, which does all authentication (tokens, exec plugins,
 * certificates, impersonation). Ours rather than client-node's generated calls because a request here costs
 * a tenth, and importing it a quarter, of theirs: the CLI starts cold every time.
 */
export function makeTransport(kubeConfig: KubeConfig, options: TransportOptions = {}): Transport {
  const cluster = kubeConfig.getCurrentCluster();
  if (!cluster?.server) throw new Error('the kubeconfig names no server for its current context');
  const base = new URL(cluster.server.endsWith('/') ? cluster.server : `${cluster.server}/`);
  const secure = base.protocol === 'https:';
  let serverTime: number | undefined;
  let agent: http.Agent | undefined;

  async function send(request: ApiRequest, streaming: boolean): Promise<http.IncomingMessage> {
    const credentials: https.RequestOptions = {};
    await authenticate(kubeConfig, credentials, secure);
    agent ??= cluster?.proxyUrl ? (credentials.agent as http.Agent) : makeAgent(secure, credentials);
    const url = new URL(request.path.replace(/^\//, ''), base);
    for (const [key, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const headers: http.OutgoingHttpHeaders = {
      ...(credentials.headers as http.OutgoingHttpHeaders),
      ...options.headers,
      ...request.headers,
      Accept: request.accept ?? 'application/json',
      'User-Agent': options.userAgent ?? 'krt',
      ...(body && { 'Content-Type': request.contentType ?? 'application/json', 'Content-Length': body.length }),
    };
    request.signal?.throwIfAborted();
    const tell = options.onRequest?.(request.method, `${url.origin}${url.pathname}${url.search}`);
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        tell?.((error as Error).message);
        reject(request.signal?.aborted ? request.signal.reason : new ConnectionError(base.host, error));
      };
      const call = (secure ? https : http).request(url, {
        method: request.method,
        headers,
        agent,
        ...(credentials.auth && { auth: credentials.auth }),
        ...(request.signal && { signal: request.signal }),
        ...(!streaming && { timeout: options.requestTimeout ?? 30_000 }),
      });
      call.once('socket', tolerateLateErrors);
      call.on('timeout', () =>
        call.destroy(Object.assign(new Error('timed out waiting for an answer'), { code: 'ETIMEDOUT' })),
      );
      call.on('error', fail);
      call.on('response', response => {
        tell?.(`${response.statusCode} ${response.statusMessage ?? ''}`.trim());
        serverTime = Date.parse(response.headers.date ?? '') || serverTime;
        resolve(response);
      });
      call.end(body);
    });
  }

  const transport: Transport = {
    server: base.host,
    get serverTime() {
      return serverTime;
    },
    async json<T>(request: ApiRequest): Promise<T> {
      const response = await send(request, false);
      warn(response, transport.onWarning);
      const text = await readAll(response, base.host, request.signal);
      if (!isSuccess(response)) throw toApiError(response, text);
      return JSON.parse(text) as T;
    },
    async stream(request) {
      const response = await send(request, true);
      warn(response, transport.onWarning);
      if (!isSuccess(response)) throw toApiError(response, await readAll(response, base.host, request.signal));
      return response;
    },
    close: () => agent?.destroy(),
  };
  return transport;
}

const tolerant = new WeakSet<Socket>();

/**
 * An abort at the end of an answer may reach a socket that older versions of Node have nobody listen to: the process would
 * end. Whatever matters of an error is told by the request that has the socket.
 */
function tolerateLateErrors(socket: Socket): void {
  if (tolerant.has(socket)) return;
  tolerant.add(socket);
  socket.on('error', () => undefined);
}

/** Fills headers and TLS options; client-node refuses plain http without skipTLSVerify, where only the token counts. */
async function authenticate(kubeConfig: KubeConfig, into: https.RequestOptions, secure: boolean): Promise<void> {
  if (secure) return kubeConfig.applyToHTTPSOptions(into as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
  const { token } = kubeConfig.getCurrentUser() ?? {};
  into.headers = token ? { Authorization: `Bearer ${token}` } : {};
}

function makeAgent(secure: boolean, tls: https.RequestOptions): http.Agent {
  // noDelay is Node's default; maxSockets bounds a burst, as each watch holds one connection of its own
  const pool = { keepAlive: true, maxSockets: 128, scheduling: 'lifo' as const };
  if (!secure) return new http.Agent(pool);
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = tls;
  const given = Object.entries({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }).filter(
    ([, v]) => v !== undefined,
  );
  return new https.Agent({ ...pool, ...Object.fromEntries(given) });
}

const isSuccess = (response: http.IncomingMessage) =>
  (response.statusCode ?? 0) >= 200 && (response.statusCode ?? 0) < 300;

async function readAll(
  response: http.IncomingMessage,
  server: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch (error) {
    signal?.throwIfAborted();
    throw new ConnectionError(server, error);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function toApiError(response: http.IncomingMessage, text: string): ApiError {
  const status = response.statusCode ?? 0;
  const retryAfterSeconds = Number(response.headers['retry-after']) || undefined;
  let body: ApiStatus;
  try {
    body = JSON.parse(text) as ApiStatus;
  } catch {
    // not from an API server (a proxy's page, say): its text is all there is to tell
    body = { message: text.trim().slice(0, 500) || `HTTP ${status} ${response.statusMessage ?? ''}`.trim() };
  }
  if (retryAfterSeconds) body = { ...body, details: { retryAfterSeconds, ...body.details } };
  return new ApiError(status, body);
}

/** Tells the texts of RFC 7234 warn-values: `299 - "text"`. */
function warn(response: http.IncomingMessage, tell: Transport['onWarning']): void {
  const header = response.headers['warning'];
  if (!tell || !header) return;
  for (const [, text] of header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)) tell(text!.replace(/\\(.)/g, '$1'));
}
