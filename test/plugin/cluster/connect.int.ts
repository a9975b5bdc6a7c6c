import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { expect } from 'chai';
import type { Clients } from '../../../crds/client/index.ts';
import { adviseOn } from '../../../plugin/api-advice.ts';
import { connect } from '../../../plugin/cluster/connect.ts';
import type { ClusterEntry, UserEntry } from '../../../plugin/cluster/kubeconfig.ts';
import { proxyFor } from '../../../plugin/cluster/proxy.ts';
import { selectCluster } from '../../../plugin/cluster/select-cluster.ts';
import type { KrtError } from '../../../plugin/errors.ts';
import type { ClusterFlags } from '../../../plugin/flags.ts';

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listening = (server: Server) => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

describe('a cluster as the kubeconfig has it, over TLS', () => {
  const dir = mkdtempSync(join(tmpdir(), 'krt-connect-'));
  const path = (name: string) => join(dir, name);
  let server: Server;
  let seen: IncomingMessage[];
  let open: Clients[];

  before(async function () {
    try {
      execFileSync('openssl', ['version'], { stdio: 'ignore' });
    } catch {
      // biome-ignore lint/suspicious/noConsole: a skip says why
      console.log('      skipped: there is no openssl here, which makes certificates');
      this.skip();
    }
    certify('server', '/CN=krt-test');
    certify('user', '/CN=alice');
    const [key, cert, ca] = [read('server.key'), read('server.crt'), read('user.crt')];
    server = createHttpsServer({ key, cert, ca, requestCert: true, rejectUnauthorized: false }, (request, response) => {
      seen.push(request);
      response.writeHead(200).end('{"metadata":{},"items":[]}');
    }) as unknown as Server;
    await listening(server);
  });
  beforeEach(() => {
    seen = [];
    open = [];
  });
  afterEach(() => {
    for (const clients of open) clients.transport.close();
  });
  after(async () => {
    server?.closeAllConnections();
    await new Promise(resolve => (server ? server.close(resolve) : resolve(undefined)));
    rmSync(dir, { recursive: true });
  });

  const read = (name: string) => readFileSync(path(name), 'utf8');
  function certify(name: string, subject: string): void {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path(`${name}.key`)];
    const names = ['-subj', subject, '-addext', 'subjectAltName=DNS:api.example,IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, ...names, '-out', path(`${name}.crt`)], {
      stdio: 'ignore',
    });
  }
  function script(name: string, text: string): string {
    writeFileSync(path(name), `#!/bin/sh\n${text}\n`);
    chmodSync(path(name), 0o755);
    return path(name);
  }

  /** Lists Runs with that user on that cluster. */
  async function list(
    user: UserEntry,
    cluster: ClusterEntry = {},
    flags: ClusterFlags = {},
    options = {},
  ): Promise<IncomingMessage> {
    const entry = {
      server: `https://127.0.0.1:${portOf(server)}`,
      'certificate-authority': path('server.crt'),
      ...cluster,
    };
    const config = {
      currentContext: 'a',
      clusters: new Map([['a', entry]]),
      users: new Map([['a', user]]),
      contexts: new Map([['a', { cluster: 'a', user: 'a' }]]),
    };
    const clients = connect(selectCluster(config, flags), options);
    open.push(clients);
    await clients.runs.list('default');
    return seen.at(-1)!;
  }
  const failure = (promise: Promise<unknown>): Promise<KrtError> =>
    promise.then(
      () => expect.fail('it was let in'),
      error => adviseOn(error) as KrtError,
    );

  it('sends the token of the user, of a file, and of --token', async () => {
    expect((await list({ token: 'plain' })).headers.authorization).to.equal('Bearer plain');
    writeFileSync(path('token'), 'from-file\n');
    expect((await list({ token: 'older', tokenFile: path('token') })).headers.authorization).to.equal(
      'Bearer from-file',
    );
    const { authorization } = (await list({ token: 'plain' }, {}, { token: 'flag' })).headers;
    expect(authorization).to.equal('Bearer flag');
  });

  it('sends the token that a credential plugin gives', async () => {
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 't' },
    };
    const command = script('login', `echo '${JSON.stringify(credential).replace('"t"', '"\'"$WHO"\'"')}'`);
    const { headers } = await list({ exec: { command, args: [], env: [{ name: 'WHO', value: 'me' }] } });
    expect(headers.authorization).to.equal('Bearer me');
  });

  it('tells a credential plugin what it is for, and of the cluster where it wants that', async () => {
    const tell = 'echo "$KUBERNETES_EXEC_INFO" >&2; exit 1';
    const apiVersion = 'client.authentication.k8s.io/v1';
    const info = async (exec: object) => {
      const { message } = await failure(list({ exec: { command: script('tell', tell), apiVersion, ...exec } }));
      return JSON.parse(message.slice(message.indexOf('{'))) as { spec: object };
    };
    expect(await info({})).to.deep.equal({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
    const { spec } = await info({ provideClusterInfo: true });
    expect(spec).to.have.nested.property('cluster.server', `https://127.0.0.1:${portOf(server)}`);
  });

  it('says which credential plugin failed, or is not there', async () => {
    const command = script('denied', 'echo "session expired" >&2; echo more >&2; exit 1');
    expect(await failure(list({ exec: { command, args: [] } }))).to.include({
      exitCode: 77,
      message: `the credential plugin ${command} of the kubeconfig failed: session expired`,
      hint: 'log in again, or choose another --context',
    });
    expect(await failure(list({ exec: { command: 'krt-no-such-plugin', args: [] } }))).to.include({
      exitCode: 77,
      message: 'the credential plugin krt-no-such-plugin of the kubeconfig is not installed',
    });
    expect((await failure(list({ tokenFile: path('none') }))).message).to.match(/^cannot use the credentials .*ENOENT/);
  });

  it("shows the user's certificate", async () => {
    const request = await list({ 'client-certificate': path('user.crt'), 'client-key': path('user.key') });
    expect((request.socket as TLSSocket).getPeerCertificate().subject?.CN).to.equal('alice');
  });

  it('acts as another user, with groups and a UID', async () => {
    const flags = { as: 'bob', 'as-group': ['a', 'b'], 'as-uid': 'u' };
    const { headers, rawHeaders } = await list({ token: 't' }, {}, flags);
    expect(headers).to.deep.include({ 'impersonate-user': 'bob', 'impersonate-uid': 'u' });
    const groups = rawHeaders.filter((_, i) => rawHeaders[i - 1]?.toLowerCase() === 'impersonate-group');
    expect(groups).to.deep.equal(['a', 'b']);
    const extra = await list({ token: 't', as: 'bob', 'as-user-extra': { 'x/y': ['1'] } });
    expect(extra.headers).to.include({ 'impersonate-user': 'bob', 'impersonate-extra-x%2fy': '1' });
  });

  it('checks the certificate of the server, unless told not to', async () => {
    const { exitCode, hint } = await failure(list({ token: 't' }, { 'certificate-authority': path('user.crt') }));
    expect([exitCode, hint]).to.deep.equal([
      69,
      'check certificate-authority of the cluster in the kubeconfig, or --tls-server-name',
    ]);
    await list({ token: 't' }, {}, { 'insecure-skip-tls-verify': true });
    await list({ token: 't' }, { 'tls-server-name': 'api.example' });
    expect((await failure(list({ token: 't' }, {}, { 'tls-server-name': 'other.example' }))).exitCode).to.equal(69);
  });

  it('goes through the proxy of the cluster', async () => {
    const asked: (string | undefined)[] = [];
    const tunnels: Duplex[] = [];
    const proxy = createHttpServer().on('connect', (request: IncomingMessage, socket) => {
      asked.push(request.url);
      tunnels.push(socket);
      const through = connectSocket(portOf(server), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        through.pipe(socket).pipe(through);
      });
      for (const end of [through, socket]) end.on('error', () => undefined); // the other end closes first
    });
    await listening(proxy);
    const cluster = { server: 'https://api.example', 'proxy-url': `http://127.0.0.1:${portOf(proxy)}` };
    await list({ token: 't' }, cluster);
    expect(asked).to.deep.equal(['api.example:443']);
    // a tunnel is no connection of the proxy's own: it is ended by hand
    for (const socket of tunnels) socket.destroy();
    await new Promise(resolve => proxy.close(resolve));
  });

  it('tells of each request, without what is secret', async () => {
    const told: string[] = [];
    const onRequest = (method: string, url: string) => (outcome: string) =>
      void told.push(`${method} ${url} ${outcome}`);
    await list({ token: 'secret' }, {}, {}, { onRequest });
    expect(told).to.deep.equal([
      `GET https://127.0.0.1:${portOf(server)}/apis/kruntimes.io/v1alpha1/namespaces/default/runs 200 OK`,
    ]);
  });
});

describe('the proxy that the environment names', () => {
  const names = [
    'HTTPS_PROXY',
    'NO_PROXY',
    'https_proxy',
    'no_proxy',
    'HTTP_PROXY',
    'http_proxy',
    'ALL_PROXY',
    'all_proxy',
  ];
  const before = Object.fromEntries(names.map(name => [name, process.env[name]]));
  beforeEach(() => {
    for (const name of names) delete process.env[name];
    Object.assign(process.env, { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'inside.example' });
  });
  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  for (const [server, proxy] of [
    ['https://api.example', 'http://proxy:3128'],
    ['https://inside.example', undefined],
    ['https://127.0.0.1:6443', undefined],
    ['https://localhost:6443', undefined],
    ['https://[::1]:6443', undefined],
    ['http://api.example', undefined],
  ] as const) {
    it(`is ${proxy ?? 'none'} for ${server}`, () => {
      expect(proxyFor(server)).to.equal(proxy);
    });
  }
});
