import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import { expect } from 'chai';
import { pino } from 'pino';
import { systemClock } from '../../../../agents/lib/clock.ts';
import { kubeconfigServer, noPodLogs, startApiServer } from '../../../../agents/local/api/index.ts';
import { type Clients, makeClients } from '../../../../crds/client/index.ts';

describe('the proxy subresource of Pods', () => {
  const stop = new AbortController();
  const seen: { url: string | undefined; headers: IncomingMessage['headers'] }[] = [];
  let dir: string;
  let server: Server;
  let clients: Clients;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'krt-proxy-'));
    server = createServer((request, response) => {
      seen.push({ url: request.url, headers: request.headers });
      if (request.url === '/cut') {
        response.writeHead(200, { 'Content-Length': 10 });
        return void response.write('half', () => response.destroy());
      }
      const status = request.url === '/none' ? 404 : 200;
      response.writeHead(status, { 'X-Of-The-Pod': '1' }).end(`answer to ${request.url}`);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const api = await startApiServer({
      dbFile: join(dir, 'db'),
      crds: [],
      token: 'secret',
      port: 0,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      podLogs: noPodLogs,
      podPorts: { find: (_uid, wanted) => (wanted === 8080 ? port : wanted === 9 ? 9 : undefined) },
      signal: stop.signal,
    });
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'c', server: kubeconfigServer(api.url, 'secret') }],
      users: [{ name: 'u', token: 'secret' }],
      contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
      currentContext: 'x',
    });
    clients = makeClients(config);
    const containers = [{ name: 'c', image: 'c:1' }];
    await clients.pods.create({ metadata: { name: 'p', namespace: 'default' }, spec: { containers } });
  });
  after(async () => {
    stop.abort();
    clients.transport.close();
    server.close();
    server.closeAllConnections();
    await rm(dir, { recursive: true, force: true });
  });

  const get = (path: string, headers = {}) =>
    clients.transport.stream({
      method: 'GET',
      path: `/api/v1/namespaces/default/pods/${path}`,
      accept: '*/*',
      headers,
    });

  it('hands the request to the port, without the credentials, and the answer back', async () => {
    const answer = (await get('p:8080/proxy/a%20b?c=d%2Fe', { Range: 'bytes=3-' })) as IncomingMessage;
    expect([await text(answer), answer.headers['x-of-the-pod']]).to.deep.equal(['answer to /a%20b?c=d%2Fe', '1']);
    expect(seen.at(-1)?.headers).to.include({ range: 'bytes=3-' }).and.not.have.property('authorization');
    expect(await text(await get('p%3A8080/proxy'))).to.equal('answer to /');
  });

  for (const [path, status, message] of [
    ['p:8080/proxy/none', 404, 'answer to /none'],
    ['gone:8080/proxy/', 404, 'pods "gone" not found'],
    ['p:9/proxy/', 503, 'error trying to reach service: connect ECONNREFUSED 127.0.0.1:9'],
    ['p:7/proxy/', 503, 'error trying to reach service: the Pod does not run'],
  ] as const) {
    it(`answers ${status} for ${path}`, async () => {
      const error = await get(path).catch((error: unknown) => error);
      expect(error).to.include({ status, message });
    });
  }

  it('breaks off where the Pod does', async () => {
    const answer = await get('p:8080/proxy/cut');
    const error = await text(answer).catch((error: unknown) => error);
    expect(error).to.be.instanceOf(Error);
  });
});
