import { expect } from 'chai';
import { ApiError } from '../../../crds/client/api-error.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeWorld, quiet } from './harness.ts';

const annotations = (isolation: string) => ({
  'kruntimes.io/capacity': '{"runs":1}',
  'kruntimes.io/isolation': isolation,
});
const onePod = (name = 'p', isolation = 'PodPerRun') => makePod(name).meta({ annotations: annotations(isolation) });
const runtimed = { name: 'runtimed', ready: false, started: true, restartCount: 0, image: 'x' };
const ended = { status: { phase: 'Succeeded', reason: 'Completed' } };
const retried = { status: { phase: 'Pending', assignedPod: null, assignedPodUID: null } };

describe('startController on Pods that are there for one Run', () => {
  let world: ReturnType<typeof makeWorld>;
  beforeEach(() => {
    world = makeWorld();
  });
  afterEach(() => world.stop());

  const has = (name: string) => world.clients.pods.peek(name) !== undefined;
  const status = (patch: Record<string, unknown>) =>
    world.clients.runs.patch('a', 'default', patch, { subresource: 'status' });
  /** A Pod whose Run goes on, in the eyes of a controller. */
  async function startWith(pod = onePod()) {
    world.clients.pods.seed(pod.obj());
    world.clients.runs.seed(makeRun('a').running('p').obj());
    await world.start();
  }

  const ends: [title: string, end: () => unknown][] = [
    ['has ended', () => status(ended)],
    ['is given back for another attempt', () => status(retried)],
    ['was deleted', () => world.clients.runs.remove('a')],
  ];
  for (const [title, end] of ends) {
    it(`deletes the Pod, by its UID, when its Run ${title}`, async () => {
      await startWith();
      await world.pass(60_000);
      expect(has('p')).to.equal(true);
      await end();
      await quiet();
      expect(has('p')).to.equal(false);
      const [deletion] = world.clients.pods.calls.filter(({ verb }) => verb === 'delete');
      expect(JSON.stringify(deletion)).to.include('uid-p');
      expect(
        (await world.registry.getSingleMetric('krt_controller_spent_pods_total')!.get()).values[0]?.value,
      ).to.equal(1);
    });
  }

  for (const isolation of ['SharedUser', 'UserPerSlot']) {
    it(`leaves a Pod of isolation ${isolation} alone`, async () => {
      await startWith(onePod('p', isolation));
      await status(ended);
      await world.pass(60_000);
      expect(has('p')).to.equal(true);
    });
  }

  it('tries again when the API server does not answer', async () => {
    await startWith();
    world.clients.pods.failNext('delete', new ApiError(503, { message: 'not now' }));
    await status(ended);
    await world.pass(10_000);
    expect(has('p')).to.equal(false);
  });

  it('deletes a Pod that says by its readiness that its Run is over, when nothing else tells it', async () => {
    world.clients.pods.seed(
      onePod()
        .notReady()
        .status({ containerStatuses: [runtimed] })
        .obj(),
    );
    await world.start();
    await world.pass(11_000);
    expect(has('p')).to.equal(false);
  });

  it('does not take a Pod that is not ready yet for one that was', async () => {
    const starting = { ...runtimed, started: false };
    world.clients.pods.seed(
      onePod()
        .notReady()
        .status({ containerStatuses: [starting] })
        .obj(),
    );
    await world.start();
    await world.pass(120_000);
    expect(has('p')).to.equal(true);
  });

  it('keeps a Pod that is not ready while it still has its Run', async () => {
    await startWith(
      onePod()
        .notReady()
        .status({ containerStatuses: [runtimed] }),
    );
    await world.pass(120_000);
    expect(has('p')).to.equal(true);
  });
});
