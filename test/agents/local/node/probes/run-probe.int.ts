import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../../../agents/lib/clock.ts';
import type { Probe } from '../../../../../agents/local/node/pod/spec.ts';
import { runProbe } from '../../../../../agents/local/node/probes/run-probe.ts';
import { makeMark } from '../../../../../agents/local/node/process/mark.ts';
import { markedProcesses } from '../../../../../agents/local/node/process/proc.ts';
import { sweep } from '../../../../../agents/local/node/process/sweep.ts';

describe('runProbe', () => {
  let dir: string;
  let port: number | undefined;
  const mark = makeMark();
  const unused = new AbortController().signal;
  const server = createServer();
  const answer = (listener: RequestListener) => server.removeAllListeners('request').on('request', listener);

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'krt-probe-'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    port = (server.address() as AddressInfo).port;
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await sweep([{ mark }], systemClock);
    rmSync(dir, { recursive: true });
  });

  function run(probe: Probe, signal: AbortSignal = unused) {
    const translate = (word: string) => word.replace('/there', dir);
    const command = { env: { PATH: process.env['PATH']!, GREETING: 'hello' }, cwd: dir, translate };
    return runProbe(probe, { port: () => port, command, mark }, signal);
  }
  const sh = (script: string): Probe => ({ exec: { command: ['sh', '-c', script, 'sh', '/there/args'] } });

  describe('over HTTP', () => {
    for (const [status, ok] of [
      [200, true],
      [204, true],
      [302, true],
      [400, false],
      [404, false],
      [500, false],
    ] as const) {
      it(`${ok ? 'passes' : 'fails'} with ${status}`, async () => {
        answer((_request, response) => response.writeHead(status).end('x'));
        const message = ok ? '' : `HTTP probe failed with statuscode: ${status}`;
        expect(await run({ httpGet: { port: 80 } })).to.deep.equal({ ok, message });
      });
    }

    it('asks as kubelets do', async () => {
      const asked: object[] = [];
      answer(({ method, url, headers }, response) => {
        asked.push({ method, url, agent: headers['user-agent'], mine: headers['x-mine'] });
        response.end();
      });
      await run({ httpGet: { port: 'web', path: 'ready?x=1', httpHeaders: [{ name: 'X-Mine', value: 'yes' }] } });
      await run({ httpGet: { port: 80 } });
      expect(asked).to.deep.equal([
        { method: 'GET', url: '/ready?x=1', agent: 'kube-probe/1.37', mine: 'yes' },
        { method: 'GET', url: '/', agent: 'kube-probe/1.37', mine: undefined },
      ]);
    });

    it('fails where nobody listens, where there is no such port, and where no answer comes', async () => {
      expect((await run({ httpGet: { port: 80, host: '127.0.0.2' } })).message).to.match(/ECONNREFUSED/);
      const late = new AbortController();
      answer(() => late.abort());
      expect(await run({ httpGet: { port: 80 } }, late.signal)).to.deep.equal({
        ok: false,
        message: 'timed out waiting for an answer',
      });
      port = undefined;
      expect((await run({ httpGet: { port: 'none' } })).message).to.equal('the container has no port named none');
    });

    it('fails when the answer stops in its middle', async () => {
      const late = new AbortController();
      answer((_request, response) => {
        response.writeHead(200, { 'Content-Length': '10' }).write('x');
        setImmediate(() => late.abort());
      });
      expect((await run({ httpGet: { port: 80 } }, late.signal)).ok).to.equal(false);
    });
  });

  it('connects over TCP', async () => {
    expect(await run({ tcpSocket: { port: 80 } })).to.deep.equal({ ok: true, message: '' });
    expect((await run({ tcpSocket: { port: 80, host: '127.0.0.2' } })).message).to.match(/ECONNREFUSED/);
  });

  it('fails with a kind that it has not', async () => {
    const message = 'grpc probes are not supported by the embedded default';
    expect(await run({ grpc: { port: 80 } })).to.deep.equal({ ok: false, message });
  });

  describe('with a program', () => {
    it('passes with exit code 0, in the place of the container', async () => {
      expect(await run(sh('echo "$GREETING $PWD $1" > seen'))).to.deep.equal({ ok: true, message: '' });
      expect(readFileSync(join(dir, 'seen'), 'utf8')).to.equal(`hello ${dir} ${dir}/args\n`);
    });

    for (const [title, script, message] of [
      ['with what it said', 'echo broken >&2; exit 3', 'broken'],
      ['with its exit code', 'exit 3', 'the command ended with exit code 3'],
      ['with the signal that ended it', 'kill -9 $$', 'the command ended with SIGKILL'],
      ['with a program that is not there', 'exec /krt/none', 'none'],
    ] as const) {
      it(`fails ${title}`, async () => {
        const result = await run(sh(script));
        expect(result.ok).to.equal(false);
        expect(result.message).to.include(message);
      });
    }

    it('tells the beginning of a long message', async () => {
      const { message } = await run(sh('head -c 100000 /dev/zero | tr "\\0" x; exit 1'));
      expect(message).to.equal('x'.repeat(1024));
    });

    it('ends it in time, whatever it has started, and whatever holds its output', async () => {
      const late = new AbortController();
      const result = run(sh('(sleep 600) & touch started; sleep 600; true'), late.signal);
      while (!(await run(sh('test -e started'))).ok);
      late.abort();
      expect(await result).to.deep.equal({ ok: false, message: 'timed out waiting for an answer' });
      // killed, and gone as soon as the kernel has come to it
      while (markedProcesses(new Set([mark])).length > 0) await systemClock.sleep(5);
    });

    it('does not wait for what it leaves behind, which goes with the container', async () => {
      const apart = 'setsid sh -c "touch apart; exec sleep 600" & until test -e apart; do :; done';
      expect((await run(sh(`${apart}; (sleep 600) &`))).ok).to.equal(true);
      const left = markedProcesses(new Set([mark]));
      expect(left.length, 'the one with a session of its own').to.be.at.least(1);
      expect(await sweep([{ mark }], systemClock)).to.equal(0);
      expect(markedProcesses(new Set([mark]))).to.deep.equal([]);
    });
  });
});
