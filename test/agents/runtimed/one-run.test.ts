import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeRun } from '../../builders/run.ts';
import { Bench } from './harness.ts';

const isolation = 'PodPerRun';

describe('runtimed of a Pod that is there for one Run', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.close());

  /** The Run that was first has ended. */
  async function spend() {
    const runtimed = await bench.start({ isolation });
    bench.server.script = execution => execution.end();
    bench.assign('a');
    expect((await bench.untilEnded('a')).status?.phase).to.equal('Succeeded');
    await bench.until(() => bench.server.executions.size === 0);
    return runtimed;
  }
  const givenBack = (name: string) => bench.until(() => bench.run(name).status?.phase === 'Pending');

  it('is ready while it has its Run, and says afterwards that it has had it', async () => {
    const runtimed = await bench.start({ isolation });
    await bench.until(() => runtimed.notReady() === undefined);
    bench.assign('a');
    const execution = await bench.started('a');
    expect(runtimed.notReady()).to.equal(undefined);
    execution.end();
    await bench.until(() => runtimed.notReady() === 'this Pod has had its one Run');
  });

  it('starts no second one: it goes back, and the attempt does not count', async () => {
    await spend();
    bench.assign('b');
    await givenBack('b');
    expect(bench.run('b').status).to.include({ attempt: 0 });
    expect(bench.server.starts).to.deep.equal(['uid-a.1']);
  });

  it('starts no second one beside the first, though the scheduler says so', async () => {
    await bench.start({ isolation, slots: { runs: 2 } });
    bench.assign('a');
    await bench.started('a');
    bench.assign('b');
    await givenBack('b');
    expect(bench.server.starts).to.deep.equal(['uid-a.1']);
  });

  it('starts no second attempt of the same Run', async () => {
    const runtimed = await bench.start({ isolation });
    bench.server.script = execution => execution.end({ exitCode: 1 });
    bench.assign(makeRun('a').spec({ retryPolicy: { maxAttempts: 3 } }));
    await givenBack('a');
    await bench.until(() => runtimed.notReady() === 'this Pod has had its one Run');
    const again = { phase: 'Scheduled', assignedPod: 'pod-1', assignedPodUID: 'uid-pod-1', attempt: 2 };
    await bench.runs.patch('a', 'default', { status: again }, { subresource: 'status' });
    await givenBack('a');
    expect(bench.server.starts).to.deep.equal(['uid-a.1']);
  });

  it('remembers it over a restart', async () => {
    await spend();
    bench.terminate();
    await bench.start({ isolation });
    bench.assign('b');
    await givenBack('b');
    expect(bench.server.starts).to.deep.equal(['uid-a.1']);
  });

  it('takes none at all after a crash in the middle of noting it', async () => {
    writeFileSync(join(bench.dir, 'state', 'one-run'), '');
    const runtimed = await bench.start({ isolation });
    bench.assign('a');
    await givenBack('a');
    expect(bench.server.starts).to.deep.equal([]);
    await bench.until(() => runtimed.notReady() === 'this Pod has had its one Run');
  });

  it('stays for a while when it is deleted, so that its log can still be read', async () => {
    const runtimed = await spend();
    let stopped = false;
    void runtimed.stopped.then(() => (stopped = true));
    bench.terminate();
    await bench.clock.advance(9_000);
    expect(stopped).to.equal(false);
    await bench.until(() => stopped, { tick: 500 });
  });
});
