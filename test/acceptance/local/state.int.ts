import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../agents/lib/clock.ts';
import { isTerminal, type Run } from '../../../crds/v1alpha1/index.ts';
import { processesWith } from '../harness/processes.ts';
import { record } from '../harness/recorder.ts';
import { TEST_TIMEOUT_MS } from '../harness/settings.ts';
import { tokenOf, useDaemon } from './daemon.ts';

describe('what krt local has stored', function () {
  this.timeout(2 * TEST_TIMEOUT_MS);
  const daemon = useDaemon();

  async function up(...args: string[]): Promise<{ server: string; pid: number }> {
    const { code, stdout, stderr } = await daemon.local('up', '-o', 'json', ...args);
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout);
  }
  const names = async () => (await daemon.krt('list', '-o', 'name')).stdout.trim().split('\n').sort();

  for (const [title, end] of [
    ['is taken down', async () => void (await daemon.local('down'))],
    ['is killed', () => daemon.kill()],
  ] as const) {
    it(`is there again after it ${title}, at the same address`, async () => {
      const before = await up('--runtime', 'bash');
      const token = tokenOf(daemon.kubeconfig);
      const done = await daemon.krt('run', '-r', 'bash', '--name', 'kept', '-c', 'echo kept; exit 3');
      expect(done.code).to.equal(3);
      await end();
      const after = await up('--runtime', 'bash');
      expect(after.server).to.equal(before.server);
      expect(after.pid).to.not.equal(before.pid);
      expect(tokenOf(daemon.kubeconfig)).to.equal(token);
      expect(await names()).to.deep.equal(['run.kruntimes.io/kept']);
      const { status } = JSON.parse((await daemon.krt('get', 'kept', '-o', 'json')).stdout) as Run;
      expect(status).to.deep.include({ phase: 'Failed', exitCode: 3 });
      expect(await daemon.krt('run', '-r', 'bash', '--', 'echo', 'again')).to.include({ code: 0, stdout: 'again\n' });
    });
  }

  it('holds every write that was acknowledged, when it is killed amid many', async () => {
    await up();
    const { runs } = daemon.clients();
    const acknowledged: string[] = [];
    let isOver = false;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; !isOver; i++) {
        const name = `w${writer}-${i}`;
        const spec = { runtime: 'none', args: ['true'] };
        await runs.create({ metadata: { name, namespace: 'default' }, spec }).then(
          () => acknowledged.push(name),
          () => (isOver = true), // nobody answers any more
        );
      }
    });
    while (acknowledged.length < 100) await systemClock.sleep(5);
    await daemon.kill();
    await Promise.all(writers);
    await up();
    const found = new Set((await daemon.clients().runs.list('default')).items.map(({ metadata }) => metadata.name));
    expect(acknowledged.filter(name => !found.has(name))).to.deep.equal([]);
  });

  it('tells of a Run that was running when it was killed why it has ended, and leaves no process of it', async () => {
    await up('--runtime', 'bash');
    const running = daemon.start('run', '-r', 'bash', '--name', 'long', '-c', 'echo up; setsid sleep 600 & sleep 600');
    await running.shows('up');
    await daemon.kill();
    running.child.kill('SIGKILL'); // it would wait for the server to come back
    await running.done;
    const killed = processesWith(daemon.home);
    await up('--runtime', 'bash');
    const stop = new AbortController();
    const runs = record(daemon.clients().runs, 'default', stop.signal);
    const { status } = await runs.until('the end of the Run', () => {
      const found = runs.get('long');
      return found && isTerminal(found) && found;
    });
    stop.abort();
    expect(status?.phase).to.equal('Failed');
    // runtimed has seen it coming where it had the time
    expect(['Draining', 'PodLost', 'RuntimeCrashed']).to.include(status?.reason);
    expect(status?.message).to.be.a('string').and.not.equal('');
    const left = killed.filter(line => processesWith(daemon.home).includes(line));
    expect(left, 'processes from before').to.deep.equal([]);
  });

  it('leaves no process after it was killed and is taken down', async () => {
    await up('--runtime', 'bash');
    const running = daemon.start('run', '-r', 'bash', '-c', 'echo up; setsid sleep 600 & sleep 600');
    await running.shows('up');
    await daemon.kill();
    running.child.kill('SIGKILL');
    await running.done;
    expect(await daemon.local('down')).to.include({ code: 0, stdout: 'the embedded default was down already\n' });
    expect(processesWith(daemon.home)).to.deep.equal([]);
  });

  it('is served elsewhere where another program has taken the port', async () => {
    const before = new URL((await up()).server);
    await daemon.local('down');
    const other = createServer().listen(Number(before.port), '127.0.0.1');
    await once(other, 'listening');
    try {
      const after = new URL((await up()).server);
      expect(after.port).to.not.equal(before.port);
      expect((await daemon.krt('list')).code).to.equal(0);
    } finally {
      other.close();
    }
  });

  it('goes with the files of Pods that are no more', async () => {
    await up('--runtime', 'bash');
    await daemon.kill();
    await up('--runtime', 'bash');
    const pods = (await daemon.clients().pods.list('default')).items.map(({ metadata }) => metadata.uid);
    await daemon.local('down');
    expect(readdirSync(join(daemon.home, '.krt/pods')).filter(uid => !pods.includes(uid))).to.deep.equal([]);
  });
});
