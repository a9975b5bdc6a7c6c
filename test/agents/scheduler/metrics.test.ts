import { expect } from 'chai';
import { ApiError } from '../../../crds/client/api-error.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { counts, observed } from '../metric-values.ts';
import { makeWorld, quiet } from './harness.ts';

describe('the metrics of the scheduler', () => {
  let world: ReturnType<typeof makeWorld>;
  beforeEach(() => {
    world = makeWorld();
  });
  afterEach(() => world.stop());

  const figures = async () => ({
    pending: await counts(world.registry, 'krt_scheduler_pending_runs'),
    slots: await counts(world.registry, 'krt_scheduler_slots'),
    used: await counts(world.registry, 'krt_scheduler_slots_used'),
  });

  it('tell the queue and the slots of each Runtime, and follow them', async () => {
    world.clients.runtimes.seed(makeRuntime().capacity({ runs: 1 }).obj());
    for (const name of ['p', 'q']) world.clients.pods.seed(makePod(name).capacity({ runs: 1 }).obj());
    world.clients.pods.seed(makePod('r').capacity({ runs: 1 }).notReady().obj());
    for (const name of ['a', 'b', 'c']) world.clients.runs.seed(makeRun(name).obj());
    await world.start();
    await quiet();
    const bash = 'default/bash';
    expect(await figures()).to.deep.equal({ pending: { [bash]: 1 }, slots: { [bash]: 2 }, used: { [bash]: 2 } });
    await world.finish('a');
    await world.finish('b');
    await quiet();
    expect(await figures()).to.deep.equal({ pending: {}, slots: { [bash]: 2 }, used: { [bash]: 1 } });
  });

  it('give Runs of Runtimes that are not there no label of their own', async () => {
    for (const name of ['x', 'y']) world.clients.runs.seed(makeRun(name).runtime(`made-up-${name}`).obj());
    await world.start();
    await quiet();
    expect((await figures()).pending).to.deep.equal({ '': 2 });
  });

  it('observe the wait from Pending to bind, without the back-off of a Run that is tried again', async () => {
    world.clients.runtimes.seed(makeRuntime().capacity({ runs: 1 }).obj());
    const nextAttemptTime = '2026-01-01T00:01:00Z';
    world.clients.runs.seed(makeRun('a').obj());
    const spec = { retryPolicy: { maxAttempts: 2, backoff: '60s' } };
    world.clients.runs.seed(makeRun('again').spec(spec).status({ nextAttemptTime }).obj());
    await world.start();
    await world.clock.advance(5_000);
    world.clients.pods.seed(makePod('p').capacity({ runs: 1 }).obj());
    await quiet();
    expect(await observed(world.registry, 'krt_scheduler_wait_seconds')).to.deep.equal({ count: 1, sum: 5 });
    await world.finish('a');
    await world.clock.advance(57_000);
    await quiet();
    expect(await observed(world.registry, 'krt_scheduler_wait_seconds')).to.deep.equal({ count: 2, sum: 5 });
    expect(await counts(world.registry, 'krt_scheduler_binds_total')).to.deep.equal({ '': 2 });
  });

  it('observe how long the write of a bind takes', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    world.clients.pods.seed(makePod('p').obj());
    world.clients.runs.before = async ({ verb }) => {
      if (verb === 'patch') await world.clock.sleep(2_000);
    };
    world.clients.runs.seed(makeRun('a').obj());
    await world.start();
    await quiet();
    await world.clock.advance(2_000);
    await quiet();
    expect(await observed(world.registry, 'krt_scheduler_bind_seconds')).to.deep.equal({ count: 1, sum: 2 });
    expect(await counts(world.registry, 'krt_scheduler_writes_total')).to.deep.equal({ bind: 1 });
  });

  it('count writes by kind, refusals, and watches that failed', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    world.clients.pods.seed(makePod('p').obj());
    world.clients.pods.failNext('list', new ApiError(500, { code: 500 }));
    world.clients.runs.failNext('patch', new ApiError(403, { code: 403, reason: 'Forbidden' }));
    world.clients.runs.seed(makeRun('a').cancelled().obj());
    const started = world.start();
    await world.clock.advance(2_000);
    await started;
    await quiet();
    await world.clock.advance(2_000);
    await quiet();
    expect(world.phase('a')).to.equal('Cancelled');
    expect(await counts(world.registry, 'krt_scheduler_writes_total')).to.deep.equal({ end: 2 });
    expect(await counts(world.registry, 'krt_scheduler_refusals_total')).to.deep.equal({ '': 1 });
    expect(await counts(world.registry, 'krt_watch_restarts_total')).to.deep.equal({ '': 1 });
  });
});
