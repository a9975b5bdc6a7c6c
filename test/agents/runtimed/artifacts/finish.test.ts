import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { filesystemStore } from '../../../../agents/runtimed/artifacts/filesystem-store.ts';
import type { Run } from '../../../../crds/v1alpha1/run.ts';
import { makeRun } from '../../../builders/run.ts';
import { Bench } from '../harness.ts';

describe('the artifacts of an attempt', () => {
  let bench: Bench;
  let root: string;
  beforeEach(() => {
    bench = new Bench();
    root = join(bench.dir, 'store');
  });
  afterEach(() => bench.close());

  const start = () => bench.start({ artifactStore: filesystemStore(root) });
  /** The program of Run `name` leaves the file `a`. */
  const leave = async (name: string, content: string, attempt = 1) => {
    const execution = await bench.started(name, attempt);
    writeFileSync(join(execution.request.env['KRUNTIME_ARTIFACTS_DIR']!, 'a'), content);
    return execution;
  };
  const contentOf = (run: Run) => readFileSync(join(root, run.status!.artifactRefs![0]!.location), 'utf8');

  it('are told with its end, in one write beside that of the finalizer', async () => {
    await start();
    bench.assign('a');
    (await leave('a', 'body')).end();
    const run = await bench.untilEnded('a');
    expect(run.status).to.include({ phase: 'Succeeded', reason: 'Completed' });
    expect(run.status?.artifactRefs?.map(({ name, sizeBytes }) => [name, sizeBytes])).to.deep.equal([['a', 4]]);
    expect(contentOf(run)).to.equal('body');
    expect(bench.runs.writes).to.equal(2);
  });

  for (const [title, end, status] of [
    ['that failed', { exitCode: 3 }, { phase: 'Failed', reason: 'ExitCode', exitCode: 3 }],
    ['that was killed', { signal: 'SIGKILL', exitCode: 137 }, { phase: 'Failed', reason: 'Signal' }],
  ] as const) {
    it(`are kept of one ${title}`, async () => {
      await start();
      bench.assign('a');
      (await leave('a', 'body')).end(end);
      const run = await bench.untilEnded('a');
      expect(run.status).to.include(status);
      expect(contentOf(run)).to.equal('body');
    });
  }

  it('are kept of one that was cancelled, and of one that took too long', async () => {
    await start();
    bench.assign('a');
    bench.assign(makeRun('b').spec({ timeout: '3s' }));
    await leave('a', 'from a');
    await leave('b', 'from b');
    await bench.runs.patch('a', 'default', { spec: { cancelRequested: true } });
    const cancelled = await bench.untilEnded('a');
    expect([cancelled.status?.phase, contentOf(cancelled)]).to.deep.equal(['Cancelled', 'from a']);
    await bench.clock.advance(3000);
    const late = await bench.untilEnded('b');
    expect([late.status?.phase, contentOf(late)]).to.deep.equal(['Timeout', 'from b']);
  });

  it('make it fail when they can not be stored, and only then', async () => {
    writeFileSync(root, 'no directory');
    await start();
    bench.assign('a');
    bench.assign('b');
    (await leave('a', 'x')).end();
    (await leave('b', 'x')).end({ exitCode: 3 });
    const { status } = await bench.untilEnded('a');
    expect(status).to.include({ phase: 'Failed', reason: 'ArtifactFailed', exitCode: 0 });
    expect(status?.message).to.match(/^artifacts could not be stored: ENOTDIR/);
    const failed = (await bench.untilEnded('b')).status;
    expect(failed).to.include({ phase: 'Failed', reason: 'ExitCode', exitCode: 3 });
    expect(failed?.message).to.match(/^exit code 3; artifacts could not be stored/);
  });

  it('are told as not kept where the Runtime has no store', async () => {
    await bench.start();
    bench.assign('a');
    (await leave('a', 'x')).end();
    const { status } = await bench.untilEnded('a');
    expect(status).to.include({ phase: 'Succeeded', reason: 'Completed' });
    expect(status?.message).to.equal('1 artifact was not kept: the Runtime has no artifactStore');
    expect(status).not.to.have.property('artifactRefs');
  });

  it('of the last attempt alone are kept', async () => {
    await start();
    bench.assign(makeRun('a').spec({ retryPolicy: { maxAttempts: 2 } }));
    (await leave('a', 'first')).end({ exitCode: 1 });
    await bench.until(() => bench.run('a').status?.phase === 'Pending');
    expect(bench.run('a').status).not.to.have.property('artifactRefs');
    const { status, ...run } = bench.run('a');
    const assigned = { phase: 'Scheduled', assignedPod: 'pod-1', assignedPodUID: 'uid-pod-1', attempt: 2 } as const;
    bench.runs.seed({ ...run, status: { ...status, ...assigned } });
    (await leave('a', 'second', 2)).end();
    const ended = await bench.untilEnded('a');
    expect(contentOf(ended)).to.equal('second');
    expect(readdirSync(join(root, 'runs/uid-a'))).to.have.length(1);
  });

  it('of an attempt before go, and nothing takes their place, where the last leaves none', async () => {
    await start();
    bench.assign(makeRun('a').spec({ retryPolicy: { maxAttempts: 2 } }));
    (await leave('a', 'first')).end({ exitCode: 1 });
    await bench.until(() => bench.run('a').status?.phase === 'Pending');
    const { status, ...run } = bench.run('a');
    const assigned = { phase: 'Scheduled', assignedPod: 'pod-1', assignedPodUID: 'uid-pod-1', attempt: 2 } as const;
    bench.runs.seed({ ...run, status: { ...status, ...assigned } });
    (await bench.started('a', 2)).end();
    expect((await bench.untilEnded('a')).status).not.to.have.property('artifactRefs');
    expect(readdirSync(join(root, 'runs/uid-a'))).to.deep.equal([]);
  });

  it('are stored once, also when runtimed starts again before the API server has heard of them', async () => {
    await start();
    bench.assign('a');
    const execution = await leave('a', 'body');
    let isDead = false;
    // the first instance: it dies with its request under way
    bench.runs.before = ({ subresource }) =>
      subresource === 'status' && !isDead ? new Promise(() => undefined) : undefined;
    execution.end();
    const journal = () => readFileSync(join(bench.dir, 'state/journal'), 'utf8');
    await bench.until(() => journal().includes('artifactRefs'));
    const before = readdirSync(join(root, 'runs/uid-a'));
    isDead = true;
    await start();
    const run = await bench.untilEnded('a');
    expect(readdirSync(join(root, 'runs/uid-a'))).to.deep.equal(before);
    expect(contentOf(run)).to.equal('body');
  });

  it('of a Run that was deleted are not stored', async () => {
    await start();
    bench.assign('a');
    const execution = await leave('a', 'body');
    await bench.runs.delete('a', 'default');
    await bench.until(() => execution.cancelled);
    execution.end({ exitCode: 143 });
    await bench.until(() => readdirSync(join(bench.dir, 'workspace/runs')).length === 0);
    mkdirSync(root, { recursive: true });
    expect(readdirSync(root)).to.deep.equal([]);
  });
});
