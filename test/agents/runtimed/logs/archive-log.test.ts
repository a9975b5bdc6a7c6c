import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { filesystemStore } from '../../../../agents/runtimed/artifacts/filesystem-store.ts';
import type { ArtifactStore } from '../../../../agents/runtimed/artifacts/store.ts';
import { archivedAt } from '../../../../crds/v1alpha1/run.ts';
import { makeRun } from '../../../builders/run.ts';
import { Bench, type LogLine } from '../harness.ts';

describe('the log of an attempt, where the Runtime has a store', () => {
  let bench: Bench;
  let root: string;
  beforeEach(() => {
    bench = new Bench();
    root = join(bench.dir, 'store');
  });
  afterEach(() => bench.close());

  const start = (store: ArtifactStore = filesystemStore(root)) =>
    bench.start({ artifactStore: store, runtime: 'bash' });
  const spools = () => readdirSync(join(bench.dir, 'state/logs'));
  const archived = (name: string, attempt = 1): LogLine[] => {
    const packed = readFileSync(join(root, archivedAt(bench.run(name).status!.logRef!.archive!, attempt)));
    const lines = gunzipSync(packed).toString().split('\n').slice(0, -1);
    return lines.map(line => JSON.parse(line) as LogLine);
  };
  const linesOf = (name: string, attempt = 1) =>
    bench.lines.filter(line => line.run_name === name && line.attempt === attempt);
  async function again(name: string, attempt: number) {
    const { status, ...run } = bench.run(name);
    const assigned = { phase: 'Scheduled', assignedPod: 'pod-1', assignedPodUID: 'uid-pod-1', attempt } as const;
    bench.runs.seed({ ...run, status: { ...status, ...assigned } });
    return bench.started(name, attempt);
  }

  it('is archived as it was written, before the end is told, and the Run held', async () => {
    await start();
    bench.assign('a');
    const execution = await bench.started('a');
    execution
      .print('out\n')
      .print('err\n', 'stderr')
      .print(Buffer.from([0, 255, 10]))
      .print('open')
      .end();
    const run = await bench.untilEnded('a');
    expect(run.status?.logRef).to.deep.include({ attempt: 1, lines: 4 });
    expect(archived('a')).to.deep.equal(linesOf('a')).and.have.length(5);
    expect(run.metadata.finalizers).to.deep.equal(['kruntimes.io/artifacts']);
    expect(bench.runs.writes).to.equal(2);
  });

  it('waits on disk where it is long, and leaves nothing there', async () => {
    await start();
    bench.assign('a');
    const execution = await bench.started('a');
    for (let i = 0; i < 2000; i++) execution.print(`${'x'.repeat(i % 200)} ${i}\n`);
    await bench.until(() => spools().length === 1);
    execution.end();
    await bench.untilEnded('a');
    expect(archived('a')).to.deep.equal(linesOf('a')).and.have.length(2001);
    await bench.until(() => spools().length === 0);
  });

  it('is archived of each attempt, in one place, with the artifacts of the last', async () => {
    await start();
    bench.assign(makeRun('a').spec({ retryPolicy: { maxAttempts: 3 } }));
    for (let execution = await bench.started('a'), attempt = 1; attempt <= 3; attempt++) {
      writeFileSync(join(execution.request.env['KRUNTIME_ARTIFACTS_DIR']!, 'a'), 'x');
      execution.print(`attempt ${attempt}\n`).end({ exitCode: 1 });
      await bench.until(() => bench.run('a').status?.logRef?.attempt === attempt);
      if (attempt < 3) execution = await again('a', attempt + 1);
    }
    for (const attempt of [1, 2, 3]) expect(archived('a', attempt)[0]?.message).to.equal(`attempt ${attempt}`);
    expect(readdirSync(join(root, 'runs/uid-a'))).to.have.length(2);
  });

  it('is not archived where it is empty, and then nothing holds the Run', async () => {
    await start();
    bench.assign('a');
    (await bench.started('a')).end();
    const run = await bench.untilEnded('a');
    expect(run.status?.logRef).to.deep.include({ lines: 0 }).and.not.have.property('archive');
    expect(run.metadata.finalizers).to.equal(undefined);
    expect(existsSync(root)).to.equal(false);
  });

  for (const [title, putLog, message] of [
    ['refuses it', () => Promise.reject(new Error('disk full')), 'the log could not be archived: disk full'],
    [
      'never answers',
      () => new Promise<string>(() => undefined),
      'the log could not be archived: it took longer than 30 seconds',
    ],
  ] as const) {
    it(`is told as not archived where the store ${title}, and the Run ends as its program did`, async () => {
      await start({ ...filesystemStore(root), putLog });
      bench.assign('a');
      (await bench.started('a')).print('out\n').end();
      const { status } = await bench.untilEnded('a', 1000);
      expect(status).to.include({ phase: 'Succeeded', reason: 'Completed', message });
      expect(status?.logRef).not.to.have.property('archive');
    });
  }

  it('is given up in time for the end to be told where the Pod is to stop', async () => {
    await start({ ...filesystemStore(root), putLog: () => new Promise<string>(() => undefined) });
    bench.assign('a');
    (await bench.started('a')).print('out\n').end();
    await bench.until(() => bench.lines.some(({ stream }) => stream === 'end'));
    bench.terminate();
    const { status } = await bench.untilEnded('a', 1000);
    expect(status).to.include({ phase: 'Succeeded', reason: 'Completed' });
    expect(status?.message).to.equal('the log could not be archived: it took longer than 4 seconds');
  });

  it('is whole also where runtimed was started again before it was archived', async () => {
    await start();
    bench.assign('a');
    const execution = await bench.started('a');
    for (let i = 0; i < 2000; i++) execution.print(`${'x'.repeat(100)} ${i}\n`);
    let isDead = false;
    // the first instance: it dies with its request under way
    bench.runs.before = ({ verb }) => (verb === 'patch' && !isDead ? new Promise(() => undefined) : undefined);
    execution.print('last\n').end();
    await bench.until(() => bench.runs.calls.some(({ verb }) => verb === 'patch'));
    expect(existsSync(root)).to.equal(false);
    isDead = true;
    await start();
    await bench.untilEnded('a');
    expect(archived('a').map(({ seq }) => seq)).to.deep.equal(Array.from({ length: 2002 }, (_, i) => i + 1));
  });

  it('is dropped where the Run was deleted', async () => {
    await start();
    bench.assign('a');
    const execution = await bench.started('a');
    for (let i = 0; i < 2000; i++) execution.print(`${'x'.repeat(100)} ${i}\n`);
    await bench.until(() => spools().length === 1);
    await bench.runs.delete('a', 'default');
    await bench.until(() => execution.cancelled);
    execution.end({ exitCode: 143 });
    await bench.until(() => spools().length === 0);
    expect(existsSync(root)).to.equal(false);
  });
});
