import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../acceptance/harness/cli.ts';
import { cleanEnv } from '../acceptance/harness/embedded.ts';
import { KRT_BIN } from '../acceptance/harness/settings.ts';
import { selfSigned } from '../fakes/certificate.ts';

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listening = (server: Server) => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

/** What the build makes lazy works when it is used: TLS, and a proxy before it. */
describe('krt as it is built', () => {
  const dir = mkdtempSync(join(tmpdir(), 'krt-bundle-'));
  const cert = join(dir, 'cert.pem');
  const tunnels: string[] = [];
  let server: Server;
  let proxy: Server;

  before(async function () {
    const identity = selfSigned(dir, ['IP:127.0.0.1', 'DNS:api.example']);
    if (!identity) return this.skip();
    server = createServer(identity, (request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(request.url === '/version' ? '{"gitVersion":"v1.99.0"}' : '{"groups":[]}');
    }) as unknown as Server;
    proxy = createHttpServer().on('connect', (request, socket) => {
      tunnels.push(request.url ?? '');
      const tunnel = connect(portOf(server), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        tunnel.pipe(socket).pipe(tunnel);
      });
      for (const end of [tunnel, socket]) end.on('error', () => undefined); // the client is done
    });
    await Promise.all([listening(server), listening(proxy)]);
  });
  after(() => {
    server?.close();
    proxy?.close();
    rmSync(dir, { recursive: true });
  });

  const version = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    run(process.execPath, [KRT_BIN, 'version', ...args], { env: { ...cleanEnv(dir), ...env } });

  it('speaks TLS, and checks the certificate', async () => {
    const url = `https://127.0.0.1:${portOf(server)}`;
    const trusted = await version(['-s', url, '--certificate-authority', cert]);
    expect(trusted.stdout, trusted.stderr).to.include('Server Version: v1.99.0\n');
    expect((await version(['-s', url])).stdout).to.match(/self.signed certificate/i);
  });

  it('reads a kubeconfig in YAML', async () => {
    const path = join(dir, 'kubeconfig');
    const cluster = `{ server: "https://127.0.0.1:${portOf(server)}", certificate-authority: ${cert} }`;
    const context = 'contexts: [{ name: a, context: { cluster: a } }]\ncurrent-context: a';
    writeFileSync(path, `clusters: [{ name: a, cluster: ${cluster} }]\n${context}\n`);
    const { stdout, stderr } = await version(['--kubeconfig', path]);
    expect(stdout, stderr).to.include('Server Version: v1.99.0\n');
  });

  it('goes through the proxy of the environment', async () => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}` };
    const { stdout } = await version(['-s', 'https://api.example', '--certificate-authority', cert], env);
    expect(stdout).to.include('Server Version: v1.99.0\n');
    expect(new Set(tunnels)).to.deep.equal(new Set(['api.example:443']));
  });
});
