import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { type HealthServer, serveHealth } from '../../../../agents/lib/health.ts';
import { filesystemStore } from '../../../../agents/runtimed/artifacts/filesystem-store.ts';
import { artifactHandler } from '../../../../agents/runtimed/artifacts/serve.ts';

const LOCATION = 'runs/uid-a/1-0123456789012345678901/ä b.txt';

describe('the endpoint of artifacts', () => {
  let root: string;
  let health: HealthServer;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'krt-serve-'));
    mkdirSync(join(root, LOCATION, '..'), { recursive: true });
    writeFileSync(join(root, LOCATION), '0123456789');
    const handler = artifactHandler(filesystemStore(root), pino({ level: 'silent' }));
    const registry = new Registry();
    health = await serveHealth({
      port: 0,
      host: '127.0.0.1',
      registry,
      notReady: () => undefined,
      handlers: { '/artifacts': handler },
    });
  });
  after(async () => {
    await health.close();
    rmSync(root, { recursive: true });
  });

  const get = async (location: string, headers: Record<string, string> = {}, method = 'GET') => {
    const query = new URLSearchParams({ location });
    const answer = await fetch(`http://127.0.0.1:${health.port}/artifacts?${query}`, { headers, method });
    return { status: answer.status, body: await answer.text(), headers: Object.fromEntries(answer.headers) };
  };

  it('gives all of it, for no browser to show', async () => {
    const { status, body, headers } = await get(LOCATION);
    expect([status, body]).to.deep.equal([200, '0123456789']);
    expect(headers).to.include({ 'content-length': '10', 'content-disposition': 'attachment' });
    expect(headers).to.include({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  });

  for (const [range, status, body] of [
    ['bytes=4-', 206, '456789'],
    ['bytes=0-', 206, '0123456789'],
    ['bytes=10-', 416, 'there is nothing left from there on\n'],
    ['bytes=1-3', 200, '0123456789'],
    ['bytes=-3', 200, '0123456789'],
    ['lines=3-', 200, '0123456789'],
  ] as const) {
    it(`answers ${status} to ${range}`, async () => {
      const answer = await get(LOCATION, { Range: range });
      expect([answer.status, answer.body]).to.deep.equal([status, body]);
      if (status === 206) expect(answer.headers['content-range']).to.match(/^bytes \d-9\/10$/);
    });
  }

  for (const location of ['', 'runs', 'runs/uid-a', LOCATION.slice(0, -1), '../../etc/passwd', `${LOCATION}\0`]) {
    it(`has nothing at ${JSON.stringify(location)}`, async () => {
      expect((await get(location)).status).to.equal(404);
    });
  }

  it('takes nothing', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await get(LOCATION, {}, method)).status).to.equal(404);
  });
});
