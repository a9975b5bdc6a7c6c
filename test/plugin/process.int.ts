import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { start } from '../acceptance/harness/cli.ts';
import { KRT_BIN } from '../acceptance/harness/settings.ts';

describe('the process of krt', () => {
  const dir = mkdtempSync(join(tmpdir(), 'krt-process-'));
  after(() => rmSync(dir, { recursive: true }));
  const env = { PATH: process.env['PATH'], HOME: dir };
  /** Runs a line of bash where $KRT is krt; bash has pipes and redirections that we have not. */
  const bash = (line: string) => {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
      env: { ...env, KRT: `${process.execPath} ${KRT_BIN}` },
      encoding: 'utf8',
      timeout: 15_000,
    });
    return { status, stdout, stderr };
  };

  for (const line of ['help', '--help', 'options', 'version --client']) {
    it(`ends quietly when nobody reads what krt ${line} says`, () => {
      const { stdout, stderr } = bash(`$KRT ${line} | true; echo "\${PIPESTATUS[0]}"`);
      expect([stdout, stderr]).to.deep.equal(['141\n', '']);
    });
  }

  for (const line of ['help', '--help']) {
    it(`says once that the disk is full, and ends: krt ${line}`, function () {
      if (!existsSync('/dev/full')) this.skip(); // there is one on Linux alone
      const { status, stderr } = bash(`$KRT ${line} > /dev/full`);
      expect([status, stderr]).to.deep.equal([
        70,
        'error: cannot write the output: ENOSPC: no space left on device, write\n',
      ]);
    });
  }

  it('ends with the same code when nobody can read its error', function () {
    if (!existsSync('/dev/full')) this.skip();
    expect(bash('$KRT lst 2> /dev/full').status).to.equal(64);
    expect(bash('$KRT lst 2>&-').status).to.equal(64);
  });

  it('works with stdout closed', () => {
    expect(bash('$KRT version --client >&-')).to.deep.equal({ status: 0, stdout: '', stderr: '' });
  });

  it('shows errors without colour but on a terminal, and with it where that is asked for', () => {
    expect(bash('$KRT lst').stderr).to.equal('error: unknown command: krt lst\ndid you mean: krt list\n');
    expect(bash('FORCE_COLOR=1 $KRT lst').stderr).to.match(/^\u001b\[31merror:\u001b\[39m unknown command/);
    expect(bash('NO_COLOR=1 FORCE_COLOR=1 $KRT lst').stderr).to.match(/^error: /);
  });

  it('calls itself kubectl krt when kubectl calls it', () => {
    symlinkSync(KRT_BIN, join(dir, 'kubectl-krt'));
    const { stdout } = bash(`${process.execPath} ${join(dir, 'kubectl-krt')} list --help`);
    expect(stdout).to.include('  kubectl krt list -w\n').and.include('kubectl krt options');
    expect(bash(`${process.execPath} ${join(dir, 'kubectl-krt')} list`).stderr).to.match(/: kubectl krt local up\n$/);
    expect(bash(`${process.execPath} ${join(dir, 'kubectl-krt')} lst`).stderr).to.include(
      'did you mean: kubectl krt list',
    );
  });

  describe('that waits for a server', () => {
    let server: Server;
    let asked: () => void;
    beforeEach(done => {
      server = createServer(() => asked()).listen(0, '127.0.0.1', done);
    });
    afterEach(done => {
      server.closeAllConnections();
      server.close(() => done());
    });

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      it(`ends on ${signal} with 130 and no word`, async () => {
        const waits = new Promise<void>(resolve => {
          asked = resolve;
        });
        const { port } = server.address() as AddressInfo;
        const krt = start(process.execPath, [KRT_BIN, 'list', '-s', `http://127.0.0.1:${port}`], { env });
        await waits;
        krt.child.kill(signal);
        const { code, stdout, stderr } = await krt.done;
        expect([code, stdout, stderr]).to.deep.equal([130, '', '']);
      });
    }

    it('gives up after --request-timeout', async () => {
      asked = () => undefined;
      const { port } = server.address() as AddressInfo;
      const args = ['list', '-s', `http://127.0.0.1:${port}`, '--request-timeout=200ms'];
      const { code, stderr } = await start(process.execPath, [KRT_BIN, ...args], { env }).done;
      expect(code).to.equal(69);
      expect(stderr).to.include(`no answer from 127.0.0.1:${port}: timed out waiting for an answer\n`);
    });
  });
});
