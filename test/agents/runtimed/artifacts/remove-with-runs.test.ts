import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { filesystemStore } from '../../../../agents/runtimed/artifacts/filesystem-store.ts';
import type { ArtifactStore } from '../../../../agents/runtimed/artifacts/store.ts';
import { ApiError } from '../../../../crds/client/api-error.ts';
import { FINALIZER_ARTIFACTS } from '../../../../crds/v1alpha1/names.ts';
import { makeRun } from '../../../builders/run.ts';
import { Bench } from '../harness.ts';

describe('the artifacts of Runs that are deleted', () => {
  let bench: Bench;
  let root: string;
  beforeEach(() => {
    bench = new Bench();
    root = join(bench.dir, 'store');
  });
  afterEach(() => bench.close());

  const start = (store: ArtifactStore = filesystemStore(root)) =>
    bench.start({ artifactStore: store, runtime: 'bash' });
  const has = (name: string) => existsSync(join(root, `runs/uid-${name}`));
  const isThere = (name: string) => bench.runs.peek(name) !== undefined;
  const isGone = (name: string) => !isThere(name) && !has(name);

  async function leave(name: string): Promise<void> {
    bench.assign(name);
    const execution = await bench.started(name);
    writeFileSync(join(execution.request.env['KRUNTIME_ARTIFACTS_DIR']!, 'a'), 'x');
    execution.end();
  }

  /** Runs `name` to its end, with an artifact. */
  async function end(name: string): Promise<void> {
    await leave(name);
    await bench.untilEnded(name);
    expect(has(name)).to.equal(true);
  }

  it('go with them, and those of others stay', async () => {
    await start();
    await end('a');
    await end('b');
    await bench.runs.delete('a', 'default');
    await bench.until(() => isGone('a'));
    expect(has('b')).to.equal(true);
  });

  it('hold them until then, from before the first byte; a Run that leaves nothing is held by nothing', async () => {
    const store = filesystemStore(root);
    const held: (string[] | undefined)[] = [];
    await start({
      ...store,
      open: async owner => {
        held.push(bench.run('a').metadata.finalizers);
        return store.open(owner);
      },
    });
    await end('a');
    expect(held).to.deep.equal([[FINALIZER_ARTIFACTS]]);
    bench.assign('b');
    (await bench.started('b')).end();
    expect((await bench.untilEnded('b')).metadata.finalizers).to.equal(undefined);
  });

  it('leave the finalizers of others where they are', async () => {
    await start();
    bench.assign(makeRun('a').meta({ finalizers: ['example.com/mine'] }));
    const execution = await bench.started('a');
    writeFileSync(join(execution.request.env['KRUNTIME_ARTIFACTS_DIR']!, 'a'), 'x');
    execution.end();
    const run = await bench.untilEnded('a');
    expect(run.metadata.finalizers).to.deep.equal(['example.com/mine', FINALIZER_ARTIFACTS]);
    await bench.runs.delete('a', 'default');
    await bench.until(() => !has('a') && bench.run('a').metadata.finalizers?.length === 1);
    expect(bench.run('a').metadata.finalizers).to.deep.equal(['example.com/mine']);
  });

  it('go also when the watch was away as they were deleted', async () => {
    await start();
    await end('a');
    await end('b');
    bench.runs.log.hold();
    await bench.runs.delete('a', 'default');
    bench.runs.log.forget(Number(bench.run('b').metadata.resourceVersion) + 1);
    bench.runs.log.close();
    await bench.until(() => isGone('a'), { tick: 100 });
    expect(has('b')).to.equal(true);
  });

  it('go later when the store would not let them, and the Run waits', async () => {
    const store = filesystemStore(root);
    let isBroken = false;
    let tries = 0;
    await start({
      ...store,
      open: owner => store.open(owner),
      remove: async uid => {
        if (!isBroken) return store.remove(uid);
        tries += 1;
        throw new Error('read-only file system');
      },
    });
    await end('a');
    isBroken = true;
    await bench.runs.delete('a', 'default');
    await bench.until(() => tries === 12, { tick: 1000 });
    expect(isThere('a')).to.equal(true);
    isBroken = false;
    await bench.until(() => isGone('a'), { tick: 1000 });
  });

  it('go through another Pod of the Runtime, where the one that ran the Run does not', async () => {
    await start();
    const other = filesystemStore(root);
    const batch = await other.open({ uid: 'uid-a', attempt: 1 });
    await batch.put('a', 'text/plain', (async function* () {})());
    await batch.commit();
    bench.runs.seed(
      makeRun('a')
        .meta({ finalizers: [FINALIZER_ARTIFACTS] })
        .ended()
        .obj(),
    );
    await bench.runs.delete('a', 'default');
    await bench.clock.advance(1900);
    expect(isThere('a') && has('a')).to.equal(true);
    await bench.until(() => isGone('a'), { tick: 100 });
  });

  it('are left alone where they are in another store than this', async () => {
    const here = { filesystem: { volumeClaimName: 'here' } };
    await bench.start({ artifactStore: filesystemStore(root), storeSpec: here, runtime: 'bash' });
    await end('a');
    const { status, ...run } = bench.run('a');
    expect(status?.artifactStore).to.deep.include(here);
    bench.runs.seed({ ...run, status: { ...status, artifactStore: { filesystem: { volumeClaimName: 'there' } } } });
    await end('b');
    for (const name of ['a', 'b']) await bench.runs.delete(name, 'default');
    await bench.until(() => isGone('b'), { tick: 100 });
    await bench.clock.advance(10_000);
    expect([isThere('a'), has('a')]).to.deep.equal([true, true]);
  });

  it('are not stored any more for a Run that is being deleted', async () => {
    await start();
    bench.assign(makeRun('a').meta({ finalizers: ['example.com/mine'] }));
    const execution = await bench.started('a');
    writeFileSync(join(execution.request.env['KRUNTIME_ARTIFACTS_DIR']!, 'a'), 'x');
    await bench.runs.delete('a', 'default');
    const { status, metadata } = await bench.untilEnded('a');
    expect(status).to.include({ phase: 'Cancelled', reason: 'Cancelled' });
    expect(status?.artifactRefs).to.equal(undefined);
    expect(metadata.finalizers).to.deep.equal(['example.com/mine']);
    expect(has('a')).to.equal(false);
  });

  it('are told as not stored where the finalizer is refused', async () => {
    bench.runs.failNext('patch', new ApiError(403, { message: 'no right' }));
    await start();
    await leave('a');
    const { status } = await bench.untilEnded('a');
    expect(status).to.include({ phase: 'Failed', reason: 'ArtifactFailed' });
    expect(status?.message).to.equal('artifacts could not be stored: no right');
  });

  it('go when the Run was deleted while they were stored', async () => {
    const store = filesystemStore(root);
    const goOn = Promise.withResolvers<void>();
    let isStored = false;
    await start({
      ...store,
      async open(owner) {
        const batch = await store.open(owner);
        const commit = async () => {
          await batch.commit();
          isStored = true;
          await goOn.promise;
        };
        return { ...batch, commit };
      },
    });
    await leave('a');
    await bench.until(() => isStored);
    expect(has('a')).to.equal(true);
    await bench.runs.delete('a', 'default');
    goOn.resolve();
    await bench.until(() => isGone('a'));
  });
});
