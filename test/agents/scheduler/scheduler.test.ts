import { expect } from 'chai';
import { Registry } from 'prom-client';
import { ApiError } from '../../../crds/client/api-error.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { makeFakeClients } from '../../fakes/clients.ts';
import { boundInOrder, makeWorld, metric, quiet } from './harness.ts';

describe('startScheduler', () => {
  let world: ReturnType<typeof makeWorld>;
  beforeEach(() => {
    world = makeWorld();
  });
  afterEach(() => world.stop());

  /** One Pod with `slots`, and a scheduler on it. */
  async function startWith(slots: number, options = {}) {
    world.clients.runtimes.seed(makeRuntime().capacity({ runs: slots }).obj());
    world.clients.pods.seed(makePod('pod').capacity({ runs: slots }).obj());
    await world.start(options);
    await quiet();
  }

  it('binds a Run that appears, in one write, without any time passing', async () => {
    await startWith(2);
    const begun = world.clock.now();
    world.clients.runs.seed(makeRun('a').obj());
    await quiet();
    expect(world.clock.now()).to.equal(begun);
    expect(world.clients.runs.writes).to.equal(1);
    const { status } = world.clients.runs.peek('a')!;
    expect(status).to.deep.include({ phase: 'Scheduled', assignedPod: 'pod', assignedPodUID: 'uid-pod', attempt: 1 });
    expect(status?.scheduledTime).to.equal('2026-01-01T00:00:00.000000Z');
    expect(world.condition('a')).to.equal('True/Assigned');
  });

  it('sees free slots again when Runs end, are deleted, or go back to Pending', async () => {
    await startWith(2);
    for (const name of ['a', 'b', 'c', 'd', 'e']) world.clients.runs.seed(makeRun(name).obj());
    await quiet();
    expect(world.held()).to.deep.equal({ pod: 2 });
    await world.finish('a');
    await quiet();
    expect(world.phase('c')).to.equal('Scheduled');
    world.clients.runs.remove('b');
    await quiet();
    expect(world.phase('d')).to.equal('Scheduled');
    const again = {
      phase: 'Pending',
      assignedPod: null,
      assignedPodUID: null,
      nextAttemptTime: '2026-01-01T00:01:00Z',
    };
    await world.clients.runs.patch('c', 'default', { status: again }, { subresource: 'status' });
    await quiet();
    expect(world.phase('e')).to.equal('Scheduled');
    expect(world.phase('c')).to.equal('Pending');
  });

  it('never gives a slot twice between a write and its echo', async () => {
    await startWith(1);
    world.clients.runs.log.hold();
    world.clients.runs.seed(makeRun('a').obj());
    world.clients.runs.seed(makeRun('b').obj());
    world.clients.runs.log.release();
    world.clients.runs.log.hold();
    await quiet();
    world.clients.pods.seed(
      makePod('pod')
        .capacity({ runs: 1 })
        .meta({ annotations: { x: '', 'kruntimes.io/capacity': '{"runs":1}' } })
        .obj(),
    );
    await quiet();
    expect(world.held()).to.deep.equal({ pod: 1 });
  });

  it('honours nextAttemptTime to the millisecond, and counts the attempt up', async () => {
    await startWith(2);
    const spec = { retryPolicy: { maxAttempts: 2, backoff: '3s' } };
    const status = { attempt: 1, nextAttemptTime: '2026-01-01T00:00:02.500000Z' };
    world.clients.runs.seed(makeRun('a').spec(spec).status(status).obj());
    await world.clock.advance(2499);
    await quiet();
    expect(world.phase('a')).to.equal('Pending');
    await world.clock.advance(1);
    await quiet();
    expect(world.clients.runs.peek('a')?.status).to.deep.include({ phase: 'Scheduled', attempt: 2 });
    expect(world.clients.runs.peek('a')?.status).not.to.have.property('nextAttemptTime');
  });

  it('waits out a back-off as long as it was when it began, however the clock is set', async () => {
    await startWith(3);
    const spec = { retryPolicy: { maxAttempts: 2, backoff: '3s' } };
    const status = { attempt: 1, nextAttemptTime: '2026-01-01T00:00:02.500000Z' };
    for (const [name, ms] of Object.entries({ a: 3_600_000, b: -3_600_000 })) {
      world.clients.runs.seed(makeRun(name).spec(spec).status(status).obj());
      await quiet();
      world.clock.jump(ms);
    }
    await world.clock.advance(2499);
    await quiet();
    expect([world.phase('a'), world.phase('b')]).to.deep.equal(['Pending', 'Scheduled']);
    await world.clock.advance(1);
    await quiet();
    expect(world.phase('a')).to.equal('Scheduled');
  });

  it('waits no longer than the back-off of the policy for a Pod whose clock is an hour ahead', async () => {
    await startWith(1);
    const spec = { retryPolicy: { maxAttempts: 9, backoff: '4s' } };
    const status = { attempt: 2, nextAttemptTime: '2026-01-01T01:00:00Z' };
    world.clients.runs.seed(makeRun('a').spec(spec).status(status).obj());
    await world.clock.advance(7999);
    await quiet();
    expect(world.phase('a')).to.equal('Pending');
    await world.clock.advance(1);
    await quiet();
    expect(world.phase('a')).to.equal('Scheduled');
  });

  it('binds in order of priority, then age, then arrival', async () => {
    await startWith(1);
    world.clients.runs.seed(makeRun('first').obj());
    await quiet();
    world.clients.runs.log.hold();
    world.clients.runs.seed(makeRun('young').created('2026-01-01T00:00:09Z').obj());
    world.clients.runs.seed(makeRun('second').obj());
    world.clients.runs.seed(makeRun('third').obj());
    world.clients.runs.seed(makeRun('urgent').created('2026-01-01T00:00:09Z').priority(5).obj());
    world.clients.runs.log.release();
    const order: string[] = [];
    for (let name = 'first'; order.length < 4; ) {
      await world.finish(name);
      await quiet();
      name = boundInOrder(world.clients.runs.all())[0]!;
      order.push(name);
    }
    expect(order).to.deep.equal(['urgent', 'second', 'third', 'young']);
  });

  it('takes turns between namespaces, so that a flood in one starves no other', async () => {
    for (const namespace of ['loud', 'quiet']) {
      world.clients.runtimes.seed(makeRuntime().capacity({ runs: 1000 }).meta({ namespace }).obj());
      world.clients.pods.seed(makePod('pod').namespace(namespace).capacity({ runs: 1000 }).obj());
    }
    for (let i = 0; i < 300; i++) world.clients.runs.seed(makeRun(`loud-${i}`).namespace('loud').obj());
    world.clients.runs.seed(makeRun('one').namespace('quiet').obj());
    await world.start({ maxInFlight: 8 });
    await quiet();
    const order = boundInOrder(world.clients.runs.all());
    expect(order.indexOf('one')).to.be.within(0, 8);
  });

  it('cancels a Pending Run that asks for it, also without any Runtime', async () => {
    await world.start();
    world.clients.runs.seed(makeRun('a').cancelled().obj());
    world.clients.runs.seed(makeRun('b').obj());
    await quiet();
    expect(world.clients.runs.peek('a')?.status).to.deep.include({ phase: 'Cancelled', reason: 'Cancelled' });
    expect(world.clients.runs.peek('a')?.status?.completionTime).to.equal('2026-01-01T00:00:00.000000Z');
    await world.clients.runs.patch('b', 'default', { spec: { cancelRequested: true } });
    await quiet();
    expect(world.phase('b')).to.equal('Cancelled');
  });

  it('tells after a second that there is no such Runtime, once, fails the Run after five minutes', async () => {
    await world.start();
    world.clients.runs.seed(makeRun('a').obj());
    await world.clock.advance(999);
    expect(world.condition('a')).to.equal(undefined);
    await world.clock.advance(1);
    await quiet();
    expect(world.condition('a')).to.equal('False/RuntimeNotFound');
    await world.clock.advance(299_999);
    await quiet();
    expect(world.clients.runs.writes).to.equal(1);
    await world.clock.advance(1);
    await quiet();
    expect(world.clients.runs.peek('a')?.status).to.deep.include({ phase: 'Failed', reason: 'Unschedulable' });
  });

  it('counts the five minutes on over a restart', async () => {
    const lastTransitionTime = '2025-12-31T23:56:00Z';
    const condition = { type: 'Scheduled', status: 'False' as const, reason: 'RuntimeNotFound', lastTransitionTime };
    const message = 'there is no Runtime "bash" in the namespace';
    world.clients.runs.seed(
      makeRun('a')
        .status({ conditions: [{ ...condition, message }] })
        .obj(),
    );
    await world.start();
    await world.clock.advance(60_000);
    await quiet();
    expect(world.phase('a')).to.equal('Failed');
    expect(world.clients.runs.writes).to.equal(1);
  });

  it('binds what waited for its Runtime once that is there, and waits for ever for a scaled down one', async () => {
    await world.start();
    world.clients.runs.seed(makeRun('a').obj());
    await world.clock.advance(2000);
    world.clients.runtimes.seed(makeRuntime().replicas(0).obj());
    await world.clock.advance(1000);
    await quiet();
    expect(world.condition('a')).to.equal('False/RuntimeScaledToZero');
    await world.clock.advance(3_600_000);
    await quiet();
    expect(world.phase('a')).to.equal('Pending');
    world.clients.runtimes.seed(makeRuntime().replicas(1).obj());
    await world.clock.advance(1000);
    await quiet();
    expect(world.condition('a')).to.equal('False/NoReadyPod');
    world.clients.pods.seed(makePod('pod').obj());
    await quiet();
    expect(world.phase('a')).to.equal('Scheduled');
  });

  it('sets a request aside that is too large, fails it in time, or binds it when a larger Pod comes', async () => {
    await startWith(2);
    world.clients.runs.seed(makeRun('never').requests({ runs: 9 }).obj());
    world.clients.runs.seed(makeRun('later').requests({ runs: 3 }).obj());
    world.clients.runs.seed(makeRun('small').obj());
    await quiet();
    expect(world.phase('small')).to.equal('Scheduled');
    await world.clock.advance(1500);
    await quiet();
    expect(world.condition('never')).to.equal('False/RequestTooLarge');
    world.clients.pods.seed(makePod('large').capacity({ runs: 3 }).obj());
    await quiet();
    expect(world.pod('later')).to.equal('large');
    await world.clock.advance(300_000);
    await quiet();
    expect(world.clients.runs.peek('never')?.status?.reason).to.equal('Unschedulable');
  });

  it('writes no note for Runs that are bound soon, and few and slow ones for a queue', async () => {
    await startWith(1);
    for (let i = 0; i < 50; i++) world.clients.runs.seed(makeRun(`r${i}`).obj());
    await world.clock.advance(4000);
    await quiet();
    expect(world.clients.runs.writes).to.equal(1);
    for (let i = 0; i < 40; i++) await world.clock.advance(50);
    const noted = world.clients.runs.all().filter(run => world.condition(run.metadata.name!) === 'False/NoFreeSlot');
    expect(noted.length).to.be.within(5, 11);
  });

  it('reads again and decides again when another hand was first', async () => {
    await startWith(1);
    world.clients.runs.before = async ({ verb }) => {
      if (verb !== 'patch') return;
      world.clients.runs.before = undefined;
      world.clients.runs.seed(makeRun('a').cancelled().obj());
    };
    world.clients.runs.seed(makeRun('a').obj());
    await quiet();
    expect(world.phase('a')).to.equal('Cancelled');
    expect(await metric(world.registry, 'krt_scheduler_conflicts_total')).to.equal(1);
  });

  it('finds its own bind when the answer was lost, and keeps the slot meanwhile', async () => {
    await startWith(1);
    world.clients.runs.log.hold();
    world.clients.runs.seed(makeRun('a').obj());
    world.clients.runs.seed(makeRun('b').obj());
    world.clients.runs.log.release();
    world.clients.runs.loseReply('patch');
    world.clients.runs.failNext('get', new ApiError(503, {}));
    await quiet();
    await world.clock.advance(1000);
    await quiet();
    expect(world.clients.runs.peek('a')?.status).to.deep.include({ phase: 'Scheduled', attempt: 1 });
    expect(world.held()).to.deep.equal({ pod: 1 });
  });

  it('tries a refused write again, slower and slower', async () => {
    await startWith(1);
    const refused = new ApiError(403, { message: 'no', code: 403 });
    for (let i = 0; i < 3; i++) world.clients.runs.failNext('patch', refused);
    world.clients.runs.seed(makeRun('a').obj());
    await quiet();
    expect(world.clients.runs.writes).to.equal(1);
    for (const [seconds, writes] of [
      [1, 2],
      [1, 2],
      [1, 3],
      [3, 3],
      [1, 4],
    ]) {
      await world.clock.advance(seconds! * 1000);
      await quiet();
      expect(world.clients.runs.writes).to.equal(writes);
    }
    expect(world.phase('a')).to.equal('Scheduled');
  });

  it('misses nothing while its watches close and their history is gone', async () => {
    await startWith(3);
    world.clients.runs.seed(makeRun('a').obj());
    await quiet();
    const gone = new ApiError(410, { code: 410 });
    for (const client of [world.clients.runs, world.clients.pods, world.clients.runtimes]) client.log.close(gone);
    await world.finish('a');
    world.clients.runs.remove('a');
    for (const name of ['b', 'c', 'd', 'e']) world.clients.runs.seed(makeRun(name).obj());
    await world.clock.advance(1000);
    await quiet();
    expect(world.held()).to.deep.equal({ pod: 3 });
  });

  it('binds each Run once when two schedulers run at a time, and keeps to the slots', async () => {
    await startWith(3);
    await world.start({}, world.clients, new Registry());
    for (let i = 0; i < 10; i++) world.clients.runs.seed(makeRun(`r${i}`).obj());
    await quiet();
    for (let i = 0; i < 3; i++) {
      await world.finish(`r${i}`);
      await quiet();
    }
    expect(world.held()).to.deep.equal({ pod: 3 });
    for (const run of world.clients.runs.all()) expect(run.status?.attempt ?? 1).to.equal(1);
  });

  it('gives nothing to Pods that are not ready, being deleted, or without a capacity', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    world.clients.pods.seed(makePod('starting').notReady().obj());
    world.clients.pods.seed(makePod('ending').deleting().obj());
    world.clients.pods.seed(makePod('odd').meta({ annotations: {} }).obj());
    await world.start();
    world.clients.runs.seed(makeRun('a').obj());
    await world.clock.advance(1000);
    await quiet();
    expect(world.condition('a')).to.equal('False/NoReadyPod');
    world.clients.pods.seed(makePod('starting').obj());
    await quiet();
    expect(world.pod('a')).to.equal('starting');
  });

  it('counts Runs that are cancelled but have not ended', async () => {
    world.clients.runs.seed(makeRun('held').running('pod').cancelled().obj());
    await startWith(1);
    world.clients.runs.seed(makeRun('a').obj());
    await quiet();
    expect(world.phase('a')).to.equal('Pending');
  });

  it('leaves no timer behind when it is stopped', async () => {
    await startWith(1);
    world.clients.runs.seed(makeRun('a').runtime('nothing').obj());
    await world.clock.advance(1050);
    world.stop();
    await quiet();
    expect(world.clock.sleeping).to.equal(0);
  });

  it('rejects when it is stopped before its caches are whole', async () => {
    const clients = makeFakeClients();
    clients.pods.failNext('list', new ApiError(503, {}));
    const started = world.start({}, clients).catch(() => 'stopped');
    await quiet();
    world.stop();
    expect(await started).to.equal('stopped');
  });
});
