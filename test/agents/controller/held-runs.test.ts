import { expect } from 'chai';
import { ApiError } from '../../../crds/client/api-error.ts';
import { FINALIZER_ARTIFACTS } from '../../../crds/v1alpha1/names.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeWorld } from './harness.ts';

describe('startController on Runs that are deleted and have artifacts', () => {
  let world: ReturnType<typeof makeWorld>;
  beforeEach(() => {
    world = makeWorld();
  });
  afterEach(() => world.stop());

  const held = (name: string) =>
    makeRun(name)
      .meta({ finalizers: [FINALIZER_ARTIFACTS] })
      .ended();
  const isThere = (name: string) => world.clients.runs.peek(name) !== undefined;
  const events = () => world.clients.events.all().map(({ reason, message }) => [reason, message]);
  const left = async () => (await world.registry.getSingleMetric('krt_controller_artifacts_left_total')!.get()).values;

  it('leaves it to the Pods of their Runtime for five minutes, and then lets them go and tells it', async () => {
    world.clients.pods.seed(makePod('p').obj());
    world.clients.runs.seed(held('a').obj());
    await world.start();
    await world.clients.runs.delete('a', 'default');
    await world.pass(299_000);
    expect(isThere('a')).to.equal(true);
    await world.pass(2_000);
    expect(isThere('a')).to.equal(false);
    const message = 'what it has in the store stays there (runs/uid-a): the Pods of Runtime bash could not delete it';
    expect(events()).to.deep.equal([['ArtifactsLeft', message]]);
    expect((await left())[0]?.value).to.equal(1);
  });

  it('lets them go after a minute where no Pod is ready', async () => {
    world.clients.pods.seed(makePod('p').notReady().obj());
    world.clients.runs.seed(held('a').obj());
    await world.clients.runs.delete('a', 'default');
    await world.start();
    await world.pass(59_000);
    expect(isThere('a')).to.equal(true);
    await world.pass(2_000);
    expect(isThere('a')).to.equal(false);
    expect(events()[0]?.[1]).to.match(/Runtime bash has no ready Pod$/);
  });

  it('gives a Pod that comes meanwhile its five minutes', async () => {
    world.clients.runs.seed(held('a').obj());
    await world.start();
    await world.clients.runs.delete('a', 'default');
    await world.pass(30_000);
    world.clients.pods.seed(makePod('p').obj());
    await world.pass(269_000);
    expect(isThere('a')).to.equal(true);
    await world.pass(2_000);
    expect(isThere('a')).to.equal(false);
  });

  it('leaves alone what others hold, what is not deleted, and what the Pods did in time', async () => {
    world.clients.pods.seed(makePod('p').obj());
    world.clients.runs.seed(held('kept').obj());
    world.clients.runs.seed(
      makeRun('theirs')
        .meta({ finalizers: ['example.com/mine'] })
        .ended()
        .obj(),
    );
    world.clients.runs.seed(held('done').obj());
    await world.start();
    for (const name of ['theirs', 'done']) await world.clients.runs.delete(name, 'default');
    await world.clients.runs.patch('done', 'default', { metadata: { finalizers: null } });
    const before = world.writes();
    await world.pass(400_000);
    expect(['kept', 'theirs', 'done'].map(isThere)).to.deep.equal([true, true, false]);
    expect(world.writes()).to.equal(before);
  });

  it('lets go also in a namespace that is being deleted, where no Event can be written', async () => {
    const terminating = new ApiError(403, { reason: 'Forbidden', message: 'namespace default is being terminated' });
    world.clients.runs.seed(held('a').obj());
    await world.start();
    await world.clients.runs.delete('a', 'default');
    world.clients.events.failNext('create', terminating);
    await world.pass(61_000);
    expect(isThere('a')).to.equal(false);
    expect((await left())[0]?.value).to.equal(1);
  });
});
