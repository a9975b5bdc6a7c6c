import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { freePort } from './ports.ts';

/** Where in a call something happens: before the Runtime Server hears of it, or when it has answered. */
export type CallPoint = 'before' | 'after';

/** Stands between runtimed and its Runtime Server, and tells of each call. */
export interface RuntimeProxy {
  readonly port: number;
  /** Told of each call (Execute, Attach, Forget …); kills whom it likes. */
  onCall: ((call: string, point: CallPoint) => void) | undefined;
  close(): Promise<void>;
}

/** Starts a proxy to the Runtime Server on `target`, which may not listen yet. */
export async function startRuntimeProxy(target: number): Promise<RuntimeProxy> {
  const sessions = new Set<ServerHttp2Session>();
  const server: Http2Server = createServer();
  let upstream: ClientHttp2Session | undefined;

  const dial = (): ClientHttp2Session => {
    if (upstream && !upstream.closed && !upstream.destroyed) return upstream;
    const session = connect(`http://127.0.0.1:${target}`);
    session.on('error', () => undefined); // told by 'close'
    session.on('close', () => {
      if (upstream === session) upstream = undefined;
      // as far as runtimed can tell, this is the Runtime Server, which is gone
      for (const each of sessions) each.destroy();
    });
    upstream = session;
    return session;
  };

  server.on('session', session => {
    sessions.add(session);
    session.on('error', () => undefined); // runtimed was killed
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (down: ServerHttp2Stream, headers) => {
    const call = String(headers[':path']).split('/').pop() ?? '';
    proxy.onCall?.(call, 'before');
    relay(down, headers, dial(), () => proxy.onCall?.(call, 'after'));
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const proxy: RuntimeProxy = {
    port,
    onCall: undefined,
    async close() {
      upstream?.destroy();
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
  return proxy;
}

function relay(down: ServerHttp2Stream, headers: IncomingHttpHeaders, session: ClientHttp2Session, after: () => void) {
  const up = session.request(headers);
  let trailers: IncomingHttpHeaders = {};
  down.on('error', () => up.destroy());
  down.on('close', () => up.close());
  up.on('error', () => down.destroy());
  up.on('close', () => {
    if (!down.writableEnded) down.destroy();
  });
  down.pipe(up);
  up.on('trailers', received => {
    trailers = received;
  });
  up.on('response', (received, flags) => {
    after();
    if (down.destroyed) return;
    // an answer of headers alone is how gRPC refuses
    if (flags & 1) return down.respond(received, { endStream: true });
    down.respond(received, { waitForTrailers: true });
    down.on('wantTrailers', () => down.sendTrailers(trailers));
    up.pipe(down);
  });
}
