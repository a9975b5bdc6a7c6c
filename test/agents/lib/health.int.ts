import { expect } from 'chai';
import { Counter, Registry } from 'prom-client';
import { type HealthServer, serveHealth } from '../../../agents/lib/health.ts';

describe('serveHealth', () => {
  let server: HealthServer;
  let trouble: string | undefined;
  const registry = new Registry();
  new Counter({ name: 'krt_test_total', help: 'x', registers: [registry] }).inc(3);

  before(async () => {
    server = await serveHealth({ port: 0, host: '127.0.0.1', registry, notReady: () => trouble });
  });
  after(() => server.close());

  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return `${response.status} ${(await response.text()).trim()}`;
  };

  it('says that it lives, and why it is not ready', async () => {
    expect(await ask('/healthz')).to.equal('200 ok');
    expect(await ask('/readyz')).to.equal('200 ok');
    trouble = 'no API server';
    expect(await ask('/readyz?verbose')).to.equal('503 no API server');
    expect(await ask('/healthz')).to.equal('200 ok');
  });

  it('gives metrics as Prometheus reads them', async () => {
    expect(await ask('/metrics')).to.match(/^200 .*krt_test_total 3$/s);
  });

  it('knows no other path or method', async () => {
    expect(await ask('/')).to.equal('404 not found');
    expect(await ask('/healthz', 'DELETE')).to.equal('404 not found');
  });

  it('rejects when its port is taken', async () => {
    const taken = serveHealth({ port: server.port, host: '127.0.0.1', registry, notReady: () => undefined });
    expect(await taken.catch((error: NodeJS.ErrnoException) => error.code)).to.equal('EADDRINUSE');
  });
});
