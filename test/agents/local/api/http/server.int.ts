import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { kubeconfigServer, PodLogError } from '../../../../../agents/local/api/index.ts';
import { makeRunBody, RUNS, startServer, type TestServer, TOKEN, useFolder } from '../harness.ts';

async function failureOf(attempt: Promise<unknown>): Promise<NodeJS.ErrnoException> {
  try {
    await attempt;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  return expect.fail('it succeeded');
}

describe('the API server over HTTP', () => {
  const folder = useFolder();
  let server: TestServer;

  async function up(options: Parameters<typeof startServer>[1] = {}): Promise<TestServer> {
    server = await startServer(folder.path, options);
    return server;
  }
  afterEach(() => server.close());

  it('listens on 127.0.0.1 alone', async () => {
    const { url } = await up();
    const { hostname, port } = new URL(url);
    expect(hostname).to.equal('127.0.0.1');
    // a server on all addresses would be there as well
    for (const address of ['127.0.0.2', '::1']) {
      const socket = connect(Number(port), address);
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code, address).to.be.oneOf(['ECONNREFUSED', 'EADDRNOTAVAIL', 'ENETUNREACH']);
    }
  });

  const basic = (password: string) => `Basic ${Buffer.from(`krt:${password}`).toString('base64')}`;
  for (const [title, authorization, status] of [
    ['the token', `Bearer ${TOKEN}`, 200],
    ['the token, whatever the case of its scheme', `bearer ${TOKEN}`, 200],
    // kubectl sends no token over plain HTTP, but what stands in the URL
    ['the token as a password', basic(TOKEN), 200],
    ['another token', 'Bearer another', 401],
    ['a token that begins like it', `Bearer ${TOKEN}x`, 401],
    ['no token', 'Bearer ', 401],
    ['another password', basic('another'), 401],
    ['another scheme', `Digest ${TOKEN}`, 401],
    ['nothing', undefined, 401],
  ] as const) {
    it(`answers ${status} to ${title}`, async () => {
      const { url } = await up();
      for (const path of [
        '/api/v1/namespaces',
        '/apis',
        '/openapi/v3',
        '/version',
        `${RUNS}?watch=true&timeoutSeconds=1`,
      ]) {
        const response = await fetch(
          `${url}${path}`,
          authorization ? { headers: { Authorization: authorization } } : {},
        );
        expect([path, response.status]).to.deep.equal([path, status]);
        await response.arrayBuffer();
      }
    });
  }

  it('tells without a token only that it is healthy', async () => {
    const { url } = await up();
    for (const path of ['/healthz', '/readyz', '/livez/ping'])
      expect(await (await fetch(`${url}${path}`)).text()).to.equal('ok');
    for (const path of ['/healthzzz', '/apis/healthz']) expect((await fetch(`${url}${path}`)).status).to.equal(401);
  });

  it('reads no body of a stranger, and none above 3 MiB of anybody', async () => {
    const { url, request } = await up();
    const body = 'x'.repeat(3 * 1024 * 1024 + 1);
    expect((await fetch(`${url}${RUNS}`, { method: 'POST', body })).status).to.equal(401);
    const large = await request('POST', RUNS, body);
    expect([large.status, large.body.message]).to.deep.equal([413, 'Request entity too large: limit is 3145728']);
    expect((await request('GET', RUNS)).body.items).to.deep.equal([]);
  });

  it('survives what no client sends', async () => {
    const { url, request } = await up();
    const port = Number(new URL(url).port);
    for (const bytes of [
      'GET',
      'nonsense\r\n\r\n',
      `POST ${RUNS} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab`,
      '\0\0\0\0',
    ]) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined); // the server may reset what it can't read
      socket.write(bytes);
      socket.end();
      socket.resume();
      await once(socket, 'close');
    }
    for (const path of [
      '/%zz',
      '/api/v1/namespaces/%',
      '//',
      '/api/v1/namespaces/default/pods?labelSelector=%',
      `/${'x'.repeat(8000)}`,
    ]) {
      const response = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${TOKEN}` } });
      expect(response.status, path.slice(0, 40)).to.be.oneOf([200, 400, 404]);
      await response.arrayBuffer();
    }
    expect((await request('GET', RUNS)).status).to.equal(200);
    expect(server.log).to.deep.equal([]);
  });

  it('keeps a question mark in a query', async () => {
    const { request } = await up();
    const answer = await request('GET', `${RUNS}?fieldSelector=metadata.name%3Da?b`);
    expect([answer.status, answer.body.items]).to.deep.equal([200, []]);
    const bad = await request('GET', `${RUNS}?labelSelector=a%3Db?c`);
    expect(bad.body.message).to.include('"b?c"');
  });

  it('answers 500 to what goes wrong inside, tells why in its log, and goes on', async () => {
    const broken = {
      read: () => {
        throw new Error('the disk is on fire');
      },
    };
    const { request } = await up({ podLogs: broken });
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    await request('POST', '/api/v1/namespaces/default/pods', pod);
    const answer = await request('GET', '/api/v1/namespaces/default/pods/p/log');
    expect([answer.status, answer.body.message]).to.deep.equal([500, 'Internal error occurred: the disk is on fire']);
    expect(server.log).to.have.length(1);
    expect((await request('POST', RUNS, makeRunBody('a'))).status).to.equal(201);
  });

  it('streams logs as they come, and stops reading when the reader is gone', async () => {
    let stopped = false;
    const podLogs = {
      async *read({
        container,
        follow,
        tailLines,
        signal,
      }: {
        container: string;
        follow: boolean;
        tailLines: number | undefined;
        signal: AbortSignal;
      }) {
        if (container === 'none')
          throw new PodLogError('container "none" in pod "p" is waiting to start: ContainerCreating');
        yield Buffer.from(`${container} ${tailLines}\n`);
        if (follow)
          await once(signal, 'abort').finally(() => {
            stopped = true;
          });
      },
    };
    const { url, request } = await up({ podLogs });
    const containers = [
      { name: 'c', image: 'i' },
      { name: 'none', image: 'i' },
    ];
    await request('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec: { containers } });
    const get = (query: string, signal?: AbortSignal) =>
      fetch(`${url}/api/v1/namespaces/default/pods/p/log?${query}`, {
        headers: { Authorization: `Bearer ${TOKEN}` },
        ...(signal && { signal }),
      });
    expect(await (await get('container=c&tailLines=3')).text()).to.equal('c 3\n');
    for (const [query, status, message] of [
      ['', 400, 'a container name must be specified for pod p, choose one of: [c none]'],
      ['container=x', 400, 'container x is not valid for pod p'],
      ['container=none', 400, 'is waiting to start'],
      ['container=c&tailLines=-1', 422, 'tailLines: Invalid value: -1: must be greater than or equal to 0'],
      ['container=c&sinceSeconds=0', 422, 'sinceSeconds: Invalid value: 0: must be greater than 0'],
      [
        'container=c&sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z',
        422,
        'at most one of `sinceTime` or `sinceSeconds` may be specified',
      ],
    ] as const) {
      const answer = await get(query);
      expect([answer.status, ((await answer.json()) as { message: string }).message]).to.satisfy(
        ([got, text]: [number, string]) => got === status && text.includes(message),
      );
    }
    const stop = new AbortController();
    const following = await get('container=c&follow=true', stop.signal);
    const reader = following.body!.getReader();
    await reader.read();
    stop.abort();
    await reader.read().catch(() => undefined); // it was cut off
    while (!stopped) await new Promise(resolve => setImmediate(resolve));
  });

  it('says that its port or its file is taken', async () => {
    const { url } = await up();
    const port = Number(new URL(url).port);
    expect((await failureOf(startServer(folder.path))).message).to.include('is in use by another process');
    const other = `${folder.path}/other`;
    expect((await failureOf(startServer(other, { port }))).code).to.equal('EADDRINUSE');
    // what failed to start has let go of its file
    const again = await startServer(other);
    await again.close();
  });

  it('closes with everything that is open, once and for all', async () => {
    const stop = new AbortController();
    const { url, close } = await up({ signal: stop.signal });
    const watching = await fetch(`${url}${RUNS}?watch=true`, { headers: { Authorization: `Bearer ${TOKEN}` } });
    stop.abort();
    await watching.text();
    await close();
    expect(await failureOf(fetch(`${url}/healthz`))).to.be.instanceOf(TypeError);
  });

  it('gives the address that kubectl needs', () => {
    expect(kubeconfigServer('http://127.0.0.1:1234', 'a/b')).to.equal('http://krt:a%2Fb@127.0.0.1:1234');
    expect(kubeconfigServer('https://127.0.0.1:1234', 'a')).to.equal('https://127.0.0.1:1234');
  });
});
