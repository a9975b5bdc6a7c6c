import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Registry } from 'prom-client';
import { systemClock } from '../../../agents/lib/clock.ts';
import { runLeaderAgent } from '../../../agents/lib/leader-agent.ts';
import { counts } from '../metric-values.ts';

describe('runLeaderAgent', () => {
  const dir = mkdtempSync(join(tmpdir(), 'krt-leader-'));
  const KUBECONFIG = join(dir, 'config');
  let server: Server;

  before(async () => {
    let lease: string | undefined;
    // an API server that knows one Lease
    server = createServer(async (request, response) => {
      const body = await text(request);
      if (request.method !== 'GET') lease = body;
      const status = request.method === 'POST' ? 201 : lease ? 200 : 404;
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(lease ?? '{"reason":"NotFound"}');
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const config = {
      clusters: [{ name: 'a', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'a', user: {} }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a', namespace: 'krt-system' } }],
      'current-context': 'a',
    };
    writeFileSync(KUBECONFIG, JSON.stringify(config));
  });
  after(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });

  it('tells while it leads, and counts its writes of the Lease', async () => {
    const stop = new AbortController();
    const seen: Record<string, number>[] = [];
    let registry: Registry | undefined;
    const code = await runLeaderAgent({
      name: 'test',
      lease: 'krt-test',
      healthPort: 0,
      env: { KUBECONFIG, KRT_LOG_LEVEL: 'silent' },
      clock: systemClock,
      signal: stop.signal,
      async start(context) {
        registry = context.registry;
        seen.push(await counts(registry, 'krt_leader'), await counts(registry, 'krt_api_writes_total'));
        stop.abort();
      },
    });
    expect(code).to.equal(0);
    expect(seen).to.deep.equal([{ 'krt-test': 1 }, { 'leases 201': 1 }]);
    expect(await counts(registry!, 'krt_leader')).to.deep.equal({});
    expect(await counts(registry!, 'krt_api_writes_total')).to.deep.equal({ 'leases 201': 1, 'leases 200': 1 });
  });
});
