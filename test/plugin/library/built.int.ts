import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { run } from '../../acceptance/harness/cli.ts';
import { cleanEnv } from '../../acceptance/harness/embedded.ts';
import { ROOT } from '../../acceptance/harness/settings.ts';
import { selfSigned } from '../../fakes/certificate.ts';

const LIBRARY = pathToFileURL(join(ROOT, 'dist/library.js')).href;

/** What the build makes lazy works when it is used, and importing does nothing else. */
describe('the library as it is built', () => {
  const dir = mkdtempSync(join(tmpdir(), 'krt-library-'));
  const [cert, client] = [join(dir, 'cert.pem'), join(dir, 'client.mjs')];
  const asked: (string | undefined)[] = [];
  let server: Server;

  before(async function () {
    const identity = selfSigned(dir, ['IP:127.0.0.1']);
    if (!identity) return this.skip();
    server = createServer(identity, (request, response) => {
      asked.push(request.headers.authorization, request.headers['user-agent']);
      response.setHeader('content-type', 'application/json').setHeader('warning', '299 - "old field"');
      response.end('{"metadata":{},"items":[{"metadata":{"name":"one"}}]}');
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server?.close();
    rmSync(dir, { recursive: true });
  });

  /** What a program prints that has `krt`, and a folder with nothing in it as its home. */
  async function printed(program: string, options: object = {}) {
    writeFileSync(client, `import { Krt } from '${LIBRARY}';\n${program}`);
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { ...cleanEnv(dir), OPTIONS: JSON.stringify({ server: url, token: 'secret', ...options }) };
    return run(process.execPath, [client], { env });
  }
  const LIST = `const krt = await Krt.connect({ ...JSON.parse(process.env.OPTIONS), onWarning: text => console.log(text) });
    const names = (await krt.list()).map(({ metadata }) => metadata.name);
    console.log(names.join());`;

  it('speaks TLS with what it is given, and hands on what the server warns of', async () => {
    const { stdout, stderr, code } = await printed(LIST, { certificateAuthority: cert, userAgent: 'mine/1' });
    expect([stdout, stderr, code]).to.deep.equal(['old field\none\n', '', 0]);
    expect(asked).to.deep.equal(['Bearer secret', 'mine/1']);
  });

  it('trusts no certificate that nobody vouches for', async () => {
    const program = `const krt = await Krt.connect(JSON.parse(process.env.OPTIONS));
      await krt.list().catch(({ code }) => console.log(code));`;
    expect((await printed(program)).stdout).to.equal('Unavailable\n');
  });

  it('does nothing when it is imported: no handler, no output, no open end', async () => {
    const program = `const names = ['SIGINT', 'SIGTERM', 'uncaughtException', 'unhandledRejection', 'warning', 'exit'];
      console.log(names.filter(name => process.listenerCount(name) > (name === 'warning' ? 1 : 0)).join() || 'none', typeof Krt);`;
    const { stdout, stderr, code } = await printed(program);
    expect([stdout, stderr, code]).to.deep.equal(['none function\n', '', 0]);
  });
});
