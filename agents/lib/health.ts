import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface HealthOptions {
  /** 0 takes any free port. */
  port: number;
  /** Default: every address of the machine. */
  host?: string | undefined;
  registry: Registry;
  /** Why the agent can't do its work; undefined where it can. */
  notReady: () => string | undefined;
  /** Why the agent has to be restarted; default: never, as a process that answers is alive. */
  notAlive?: () => string | undefined;
  /** What else GET requests are answered with, by path. */
  handlers?: Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>;
}

/** A server of /healthz, /readyz and /metrics. */
export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts to listen; rejects where it can't. */
export async function serveHealth(options: HealthOptions): Promise<HealthServer> {
  const { registry, notReady, notAlive = () => undefined } = options;
  const verdict = (why: string | undefined) => ({ status: why === undefined ? 200 : 503, body: `${why ?? 'ok'}\n` });
  const answers: Record<string, () => Promise<{ status: number; body: string; type?: string }>> = {
    '/healthz': async () => verdict(notAlive()),
    '/readyz': async () => verdict(notReady()),
    '/metrics': async () => ({ status: 200, body: await registry.metrics(), type: registry.contentType }),
  };
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const handler = request.method === 'GET' && options.handlers?.[path];
    if (handler) return void handler(request, response);
    const answer = request.method === 'GET' && answers[path];
    const respond = ({ status, body, type = 'text/plain' }: { status: number; body: string; type?: string }) =>
      response.writeHead(status, { 'Content-Type': type }).end(body);
    if (!answer) respond({ status: 404, body: 'not found\n' });
    else answer().then(respond, (error: Error) => respond({ status: 500, body: `${error.message}\n` }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
