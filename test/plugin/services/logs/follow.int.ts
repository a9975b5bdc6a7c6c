import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { expect } from 'chai';
import { LogLines } from '../../../../agents/runtimed/logs/log-line.ts';
import { type Clients, makeClients } from '../../../../crds/client/index.ts';
import type { Run } from '../../../../crds/v1alpha1/run.ts';
import { systemClock } from '../../../../plugin/clock.ts';
import { readDeps } from '../../../../plugin/services/logs/read-deps.ts';
import { RunLogReader } from '../../../../plugin/services/logs/read-run.ts';
import { trackRun } from '../../../../plugin/services/track-run.ts';
import { makeRun } from '../../../builders/run.ts';

const OUTPUTS = Array.from({ length: 200 }, (_, i) => `line ${i} ${'é'.repeat(i % 50)}\n`);

describe('following a log over HTTP', () => {
  let server: Server;
  let clients: Clients;
  let run: Run;
  let answerLog: (response: ServerResponse, query: URLSearchParams, nth: number) => void;
  let requests: number;

  beforeEach(async () => {
    run = makeRun('a').scheduled('p').meta({ resourceVersion: '1' }).obj();
    requests = 0;
    server = createServer((request, response) => {
      const url = new URL(request.url!, 'http://x');
      if (url.pathname.endsWith('/log')) answerLog(response, url.searchParams, ++requests);
      else response.writeHead(200).flushHeaders(); // a watch without news
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const kubeConfig = new KubeConfig();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    kubeConfig.loadFromClusterAndUser({ name: 'x', server: url, skipTLSVerify: true }, { name: 'x', token: 't' });
    clients = makeClients(kubeConfig);
  });
  afterEach(async () => {
    clients.transport.close();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });

  const lines = () => {
    const log = new LogLines(
      { id: 'u', uid: 'uid-a', name: 'a', namespace: 'default', runtime: 'bash', attempt: 1, startedAt: 0 },
      'p',
    );
    const time = '2026-01-01T00:00:00.000Z';
    const item = (text: string, i: number) =>
      log.item({ stream: 'stdout', data: Buffer.from(text.slice(0, -1)), partial: false }, i + 1, time);
    return Buffer.from(OUTPUTS.map(item).join('') + log.end(OUTPUTS.length + 1, time));
  };

  /** Follows attempt 1 until all of it is shown. */
  async function follow(): Promise<string> {
    const stop = new AbortController();
    const shown: Buffer[] = [];
    const tracked = trackRun(run, { runs: clients.runs, clock: systemClock, signal: stop.signal });
    const emit = ({ data }: { data: Buffer }) => void shown.push(data);
    const reader = new RunLogReader(tracked, readDeps(clients, { clock: systemClock, signal: stop.signal, emit }), {
      last: 1,
    });
    try {
      expect(await reader.follow()).to.deep.equal([]);
    } finally {
      tracked.stop();
    }
    return Buffer.concat(shown).toString();
  }

  it('loses and repeats nothing when connections are cut in the middle of a line', async () => {
    const all = lines();
    // each connection goes a little further than the one before
    answerLog = (response, _query, nth) => {
      const end = nth * 4001;
      response.writeHead(200).flushHeaders();
      if (end >= all.length) response.end(all);
      else response.write(all.subarray(0, end), () => response.socket!.destroy());
    };
    expect(await follow()).to.equal(OUTPUTS.join(''));
    expect(requests).to.equal(Math.ceil(all.length / 4001));
  });

  it('asks again where a server errs, hangs up, and has not started the container', async () => {
    const failures: ((response: ServerResponse) => void)[] = [
      response => response.socket!.destroy(),
      response => response.writeHead(503).end('overloaded'),
      response =>
        response.writeHead(400).end(JSON.stringify({ kind: 'Status', code: 400, message: 'ContainerCreating' })),
      response => response.writeHead(200).end(),
    ];
    answerLog = response => (failures.shift() ?? (all => all.writeHead(200).end(lines())))(response);
    expect(await follow()).to.equal(OUTPUTS.join(''));
    expect(requests).to.equal(5);
  });
});
