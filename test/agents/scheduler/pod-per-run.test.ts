import { expect } from 'chai';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { makeWorld, quiet } from './harness.ts';

const annotations = { 'kruntimes.io/capacity': '{"runs":1}', 'kruntimes.io/isolation': 'PodPerRun' };
const onePod = (name: string) => makePod(name).meta({ annotations }).obj();
const pending = { phase: 'Pending', assignedPod: null, assignedPodUID: null };

describe('startScheduler on Pods that are there for one Run', () => {
  let world: ReturnType<typeof makeWorld>;
  beforeEach(async () => {
    world = makeWorld();
    world.clients.runtimes.seed(makeRuntime().spec({ isolation: 'PodPerRun', capacity: {} }).obj());
  });
  afterEach(() => world.stop());

  it('gives each Pod one Run in its life, however long it stays ready', async () => {
    world.clients.pods.seed(onePod('p'));
    await world.start();
    for (const name of ['a', 'b']) world.clients.runs.seed(makeRun(name).obj());
    await quiet();
    expect([world.pod('a'), world.phase('b')]).to.deep.equal(['p', 'Pending']);
    await world.finish('a');
    world.clients.pods.seed(onePod('p'));
    await quiet();
    expect(world.phase('b')).to.equal('Pending');
    world.clients.pods.seed(onePod('q'));
    await quiet();
    expect(world.pod('b')).to.equal('q');
  });

  const ends: [title: string, end: (world: ReturnType<typeof makeWorld>) => unknown][] = [
    ['ended', ({ finish }) => finish('a')],
    ['was deleted', ({ clients }) => clients.runs.remove('a')],
    [
      'was given back',
      ({ clients }) => clients.runs.patch('a', 'default', { status: pending }, { subresource: 'status' }),
    ],
  ];
  for (const [title, end] of ends) {
    it(`gives nothing more to a Pod whose Run ${title}, though another scheduler had assigned it`, async () => {
      world.clients.pods.seed(onePod('p'));
      world.clients.runs.seed(makeRun('a').running('p').obj());
      await world.start();
      await end(world);
      world.clients.runs.seed(makeRun('b').obj());
      await quiet();
      expect(world.phase('b')).to.equal('Pending');
    });
  }

  it('lets an attempt that failed have its next on another Pod', async () => {
    for (const name of ['p', 'q']) world.clients.pods.seed(onePod(name));
    await world.start();
    world.clients.runs.seed(makeRun('a').obj());
    await quiet();
    const first = world.pod('a');
    await world.clients.runs.patch('a', 'default', { status: pending }, { subresource: 'status' });
    await quiet();
    expect(world.phase('a')).to.equal('Scheduled');
    expect(world.pod('a')).to.not.equal(first);
  });

  it('does not count a bind that was not stored', async () => {
    world.clients.pods.seed(onePod('p'));
    await world.start();
    world.clients.runs.seed(makeRun('a').obj());
    world.clients.runs.remove('a');
    await quiet();
    world.clients.runs.seed(makeRun('b').obj());
    await quiet();
    expect(world.pod('b')).to.equal('p');
  });
});
