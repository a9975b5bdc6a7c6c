import { expect } from 'chai';
import { ApiError } from '../../../crds/client/api-error.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { counts } from '../metric-values.ts';
import { makeWorld, quiet } from './harness.ts';

describe('the metrics of the controller', () => {
  let world: ReturnType<typeof makeWorld>;
  beforeEach(() => {
    world = makeWorld();
  });
  afterEach(() => world.stop());

  const end = (name: string, phase: 'Failed' | 'Succeeded', reason: string) =>
    world.clients.runs.patch(name, 'default', { status: { phase, reason } }, { subresource: 'status' });

  it('count a Run once as it ends, and none that had ended before', async () => {
    world.clients.runs.seed(makeRun('before').status({ phase: 'Succeeded', reason: 'Completed' }).obj());
    for (const name of ['a', 'b', 'c']) world.clients.runs.seed(makeRun(name).obj());
    await world.start();
    expect(await counts(world.registry, 'krt_controller_runs_ended_total')).to.deep.equal({});
    await end('a', 'Succeeded', 'Completed');
    await end('b', 'Failed', 'OutOfMemory');
    await quiet();
    await world.clients.runs.patch('a', 'default', { metadata: { labels: { seen: 'yes' } } });
    world.clients.runs.remove('b');
    await quiet();
    expect(await counts(world.registry, 'krt_controller_runs_ended_total')).to.deep.equal({
      'Succeeded Completed': 1,
      'Failed OutOfMemory': 1,
    });
  });

  it('count the Runs of lost Pods by what became of them, and those deleted after their time', async () => {
    world.clients.runs.seed(makeRun('a').running('p').obj());
    world.clients.runs.seed(
      makeRun('b')
        .spec({ retryPolicy: { maxAttempts: 2 } })
        .running('p')
        .obj(),
    );
    const completionTime = '2025-12-31T00:00:00Z';
    const ended = makeRun('old').spec({ ttlSecondsAfterFinished: 60 });
    world.clients.runs.seed(ended.status({ phase: 'Succeeded', completionTime }).obj());
    await world.start();
    await world.pass(1_000);
    expect(await counts(world.registry, 'krt_controller_lost_runs_total')).to.deep.equal({ Failed: 1, Pending: 1 });
    expect(await counts(world.registry, 'krt_controller_collected_runs_total')).to.deep.equal({ '': 1 });
  });

  it('count the Pods that were deleted as they held Runs and were not ready', async () => {
    world.clients.pods.seed(makePod('p').notReady().obj());
    world.clients.runs.seed(makeRun('a').running('p').obj());
    await world.start({ lostAfterMs: 10_000 });
    expect(await counts(world.registry, 'krt_controller_stuck_pods_total')).to.deep.equal({});
    await world.pass(11_000);
    expect(await counts(world.registry, 'krt_controller_stuck_pods_total')).to.deep.equal({ '': 1 });
  });

  it('count failures by loop but for conflicts, and lists that failed', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    world.clients.roles.failNext('create', new ApiError(503, { code: 503 }));
    world.clients.runtimes.failNext('patch', new ApiError(409, { code: 409, reason: 'Conflict' }));
    world.clients.pods.failNext('list', new ApiError(500, { code: 500 }));
    const started = world.start();
    await world.pass(5_000);
    await started;
    expect(await counts(world.registry, 'krt_controller_failures_total')).to.deep.equal({ runtimes: 1 });
    expect(await counts(world.registry, 'krt_watch_restarts_total')).to.deep.equal({ '': 1 });
  });
});
