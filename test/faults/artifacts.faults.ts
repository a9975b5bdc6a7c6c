import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../agents/lib/clock.ts';
import type { Run } from '../../crds/v1alpha1/index.ts';
import { killAtWrite } from './rig/kill-at-write.ts';
import type { TestPod } from './rig/pod.ts';
import { becomes } from './rig/ports.ts';
import { readRecord } from './rig/programs.ts';
import { makeChance, SEED } from './rig/seed.ts';
import { breachesInStore } from './rig/stored.ts';
import { CASE_TIMEOUT_MS, IS_LONG, IS_SHORT, useWorld } from './rig/use-world.ts';

/** Leaves a file of half a megabyte and a directory, and tells the digest of the former. */
const LEAVE = `cd "$KRUNTIME_ARTIFACTS_DIR"
head -c 500000 /dev/urandom >big
mkdir many && touch many/{1..20}
sum=$(sha256sum <big)
echo "big=\${sum%% *}" >>"$KRUNTIME_OUTPUTS"`;

describe('artifacts, while agents are killed', function () {
  this.timeout(CASE_TIMEOUT_MS);
  const world = useWorld(4);
  let pod: TestPod;
  let store: string;
  before(async () => {
    store = join(world.dir, 'store');
    mkdirSync(store);
    pod = await world.addPod({ name: 'pod-a', store });
  });
  afterEach(() => {
    world.rule = undefined;
  });

  const submit = () =>
    Promise.all([
      world.submit(LEAVE),
      world.submit(`${LEAVE}\nexit 3`),
      world.submit(`${LEAVE}\n[ "$KRUNTIME_ATTEMPT" -ge 2 ]`, { retryPolicy: { maxAttempts: 2, backoff: '50ms' } }),
    ]);

  /** Waits for the ends, and holds the store against what they tell. */
  async function expectStored(runs: readonly Run[]): Promise<void> {
    const ended = await Promise.all(runs.map(run => world.ended(run, 30_000)));
    const ran = new Set(readRecord(world.dir).map(({ uid }) => uid));
    for (const run of ended) {
      expect([...breachesInStore(store, run)], run.metadata.name).to.deep.equal([]);
      // that of an attempt that was claimed, and never got to start, has nothing
      const neverRan = run.status?.reason === 'RuntimeCrashed' && !ran.has(run.metadata.uid!);
      if (!neverRan) expect(run.status?.artifactRefs?.map(({ name }) => name)).to.deep.equal(['big', 'many']);
    }
  }

  for (const point of ['before', 'after'] as const) {
    it(`runtimed, ${point} each of its writes: what a status tells is in the store, whole, and nothing else is`, async () => {
      let n = 1;
      for (let isHit = true; isHit; n += IS_SHORT ? 3 : 1) {
        const failpoint = killAtWrite(n, point, () => pod.runtimed.kill(`${point} a write`));
        pod.proxy.rule = failpoint.rule;
        await expectStored(await submit());
        await world.judge();
        pod.proxy.rule = undefined;
        isHit = failpoint.hit;
      }
      // a finalizer and an end of each
      expect(n).to.be.greaterThan(6);
    });
  }

  it('runtimed, at any moment of storing them', async function () {
    // when it comes, it comes: chance alone finds the moments between two writes
    if (IS_SHORT) this.skip();
    const chance = makeChance(SEED);
    for (let i = 0; i < (IS_LONG ? 60 : 12); i++) {
      const runs = await submit();
      await world.startedOrEnded(runs[0]!);
      await systemClock.sleep(chance.below(80));
      pod.runtimed.kill('while it stores artifacts');
      await expectStored(runs);
      await world.judge();
      await pod.ready();
    }
  });

  it('runtimed, around each write as their Runs are deleted: they go, with all that they have in the store', async () => {
    for (let n = 1, isHit = true; isHit; n++) {
      const runs = await submit();
      await expectStored(runs);
      const failpoint = killAtWrite(n, n % 2 ? 'before' : 'after', () => pod.runtimed.kill('as Runs are deleted'));
      pod.proxy.rule = failpoint.rule;
      for (const { metadata } of runs) await world.clients.runs.delete(metadata.name!, world.namespace);
      await becomes('the Runs are gone', () => runs.every(({ metadata }) => !world.history.get(metadata.name!)));
      const left = () => (existsSync(join(store, 'runs')) ? readdirSync(join(store, 'runs')) : []);
      expect(runs.filter(({ metadata }) => left().includes(metadata.uid!))).to.deep.equal([]);
      pod.proxy.rule = undefined;
      isHit = failpoint.hit;
      await world.judge();
      await pod.ready();
    }
  });
});
