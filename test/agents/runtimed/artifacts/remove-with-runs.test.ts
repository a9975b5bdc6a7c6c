import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { filesystemStore } from '../../../../agents/runtimed/artifacts/filesystem-store.ts';
import type { ArtifactStore } from '../../../../agents/runtimed/artifacts/store.ts';
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
    await bench.until(() => !has('a'));
    expect(has('b')).to.equal(true);
  });

  it('go also when the watch was away as they went', async () => {
    await start();
    await end('a');
    await end('b');
    bench.runs.log.hold();
    bench.runs.remove('a');
    bench.runs.log.forget(Number(bench.run('b').metadata.resourceVersion) + 1);
    bench.runs.log.close();
    await bench.until(() => !has('a'), { tick: 100 });
    expect(has('b')).to.equal(true);
  });

  it('go later when the store would not let them', async () => {
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
    await bench.until(() => tries === 1);
    isBroken = false;
    await bench.until(() => !has('a'), { tick: 100 });
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
    await bench.until(() => !has('a'));
  });
});
