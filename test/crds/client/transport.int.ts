import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type ClientRequest, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { expect } from 'chai';
import { ApiError, ConnectionError, makeClients, type WatchEvent } from '../../../crds/client/index.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe('the client over HTTP', () => {
  let server: Server;
  let answer: Answer;
  let seen: IncomingMessage[];

  beforeEach(done => {
    seen = [];
    server = createServer((request, response) => {
      seen.push(request);
      answer(request, response);
    });
    server.listen(0, '127.0.0.1', done);
  });
  afterEach(done => {
    server.closeAllConnections();
    server.close(done);
  });

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  function clients(options = {}) {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromClusterAndUser(
      { name: 'a', server: url(), skipTLSVerify: false },
      { name: 'b', token: 'sesame' },
    );
    return makeClients(kubeConfig, options);
  }
  const sends =
    (status: number, body: unknown, headers = {}): Answer =>
    (_, response) => {
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    };
  const caught = async (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('sends the token and the query, and reads the object', async () => {
    answer = sends(200, { metadata: { name: 'hello' }, spec: { runtime: 'bash' } });
    const run = await clients().runs.get('hello', 'a b');
    expect(run.spec.runtime).to.equal('bash');
    expect(seen[0]?.url).to.equal('/apis/kruntimes.io/v1alpha1/namespaces/a%20b/runs/hello');
    expect(seen[0]?.headers.authorization).to.equal('Bearer sesame');
  });

  it('listens to the errors of a connection itself, once, beside what Node does while it is in use', async () => {
    const counts: number[] = [];
    const count = (message: unknown) => {
      const { socket } = (message as { request: ClientRequest }).request;
      counts.push(socket!.listeners('error').filter(({ name }) => !/socketErrorListener/i.test(name)).length);
    };
    answer = sends(200, { metadata: {} });
    const { runs } = clients();
    subscribe('http.client.response.finish', count);
    try {
      for (let i = 0; i < 3; i++) await runs.get('a', 'b');
    } finally {
      unsubscribe('http.client.response.finish', count);
    }
    expect(counts).to.deep.equal([1, 1, 1]);
  });

  it('knows the clock of the server from its last answer', async () => {
    const { runs, serverTime } = clients();
    expect(serverTime()).to.equal(undefined);
    answer = sends(200, { metadata: {} }, { Date: 'Thu, 01 Jan 2026 00:00:07 GMT' });
    await runs.get('a', 'b');
    expect(serverTime()).to.equal(Date.parse('2026-01-01T00:00:07Z'));
    answer = sends(200, { metadata: {} }, { Date: 'today' });
    await runs.get('a', 'b');
    expect(serverTime()).to.equal(Date.parse('2026-01-01T00:00:07Z'));
  });

  it('uses one connection for requests that follow one another', async () => {
    answer = sends(200, { metadata: {} });
    const { runs } = clients();
    for (let i = 0; i < 3; i++) await runs.get('a', 'b');
    expect(new Set(seen.map(request => request.socket.remotePort)).size).to.equal(1);
  });

  it('turns a Status into an ApiError with its reason', async () => {
    answer = sends(404, { kind: 'Status', reason: 'NotFound', message: 'runs.kruntimes.io "x" not found', code: 404 });
    const error = (await caught(clients().runs.get('x', 'b'))) as ApiError;
    expect(error).to.be.instanceOf(ApiError);
    expect([error.status, error.reason, error.message]).to.deep.equal([
      404,
      'NotFound',
      'runs.kruntimes.io "x" not found',
    ]);
  });

  it('keeps the words of an answer that is not from an API server', async () => {
    answer = sends(502, '<html>bad gateway</html>', { 'retry-after': '3' });
    const error = (await caught(clients().runs.get('x', 'b'))) as ApiError;
    expect([error.status, error.message, error.retryAfterMs]).to.deep.equal([502, '<html>bad gateway</html>', 3000]);
  });

  it('says that no answer came when the connection breaks in the middle of one', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"metadata"');
      setImmediate(() => response.destroy());
    };
    const error = (await caught(clients().runs.get('x', 'b'))) as ConnectionError;
    expect(error).to.be.instanceOf(ConnectionError);
  });

  it('says which server refused the connection', async () => {
    const { runs, transport } = clients();
    await new Promise(done => server.close(done));
    const error = (await caught(runs.get('x', 'b'))) as ConnectionError;
    expect([error.code, error.server]).to.deep.equal(['ECONNREFUSED', transport.server]);
    server.listen(0);
  });

  it('gives up a request after its time', async () => {
    answer = () => undefined;
    const error = (await caught(clients({ requestTimeout: 20 }).runs.get('x', 'b'))) as ConnectionError;
    expect(error.code).to.equal('ETIMEDOUT');
  });

  it('throws the reason of the signal when that aborts', async () => {
    const stop = new AbortController();
    answer = () => stop.abort(new Error('stopped'));
    expect(await caught(clients().runs.get('x', 'b', { signal: stop.signal }))).to.have.property('message', 'stopped');
  });

  it('tells warnings of the server', async () => {
    const warnings: string[] = [];
    answer = sends(201, { metadata: {} }, { warning: '299 - "unknown field \\"spec.x\\"", 299 - "second"' });
    const { runs, transport } = clients();
    transport.onWarning = text => warnings.push(text);
    await runs.create({ metadata: { name: 'a', namespace: 'b' }, spec: { runtime: 'bash' } });
    expect(warnings).to.deep.equal(['unknown field "spec.x"', 'second']);
  });

  it('reads a watch event by event, drops a line that was cut, and throws an ERROR event', async () => {
    const event = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;
    const expired = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
    answer = sends(200, `${event('ADDED', { metadata: { name: 'a' } })}${event('ERROR', expired)}{"type":`);
    const events: WatchEvent<Run>[] = [];
    const error = await caught(
      (async () => {
        for await (const next of clients().runs.watch('b', { resourceVersion: '5' })) events.push(next);
      })(),
    );
    expect(events.map(next => next.type)).to.deep.equal(['ADDED']);
    expect((error as ApiError).status).to.equal(410);
    expect(seen[0]?.url).to.include('resourceVersion=5').and.include('watch=true');
  });
});
