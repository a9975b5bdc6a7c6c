import { expect } from 'chai';
import { ApiError } from '../../../crds/client/api-error.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeWorld, quiet } from './harness.ts';

describe('startController on Runs', () => {
  let world: ReturnType<typeof makeWorld>;
  beforeEach(() => {
    world = makeWorld();
  });
  afterEach(() => world.stop());

  it('fails a Run whose Pod is gone, with what is known of the attempt', async () => {
    world.clients.pods.seed(makePod('p').obj());
    world.clients.runs.seed(makeRun('a').running('p').obj());
    await world.start();
    expect(world.status('a')?.phase).to.equal('Running');
    world.clients.pods.remove('p');
    await quiet();
    expect(world.status('a')).to.deep.include({ phase: 'Failed', reason: 'PodLost', message: 'Pod p is gone' });
    expect(world.status('a')?.attempts).to.deep.equal([
      {
        attempt: 1,
        pod: 'p',
        podUID: 'uid-p',
        reason: 'PodLost',
        startTime: '2026-01-01T00:00:00.020000Z',
        completionTime: '2026-01-01T00:00:00.000000Z',
      },
    ]);
    expect(world.clients.events.all().map(({ reason }) => reason)).to.deep.equal(['PodLost']);
  });

  it('gives a Run with attempts left back to the scheduler, after its back-off', async () => {
    const retryPolicy = { maxAttempts: 2, backoff: '4s' };
    world.clients.runs.seed(makeRun('a').spec({ retryPolicy }).running('p').obj());
    await world.start();
    expect(world.status('a')).to.deep.include({ phase: 'Pending', nextAttemptTime: '2026-01-01T00:00:04.000000Z' });
    for (const field of ['assignedPod', 'assignedPodUID', 'startTime']) {
      expect(world.status('a')).not.to.have.property(field);
    }
  });

  it('does not touch the Run of a Pod that only its cache lacks', async () => {
    world.clients.pods.seed(makePod('p').obj());
    await world.start();
    world.clients.pods.log.hold();
    world.clients.pods.seed(makePod('late').obj());
    world.clients.runs.seed(makeRun('a').scheduled('late').obj());
    await world.pass(30_000);
    expect(world.status('a')?.phase).to.equal('Scheduled');
    world.clients.pods.log.release();
    await quiet();
    const asked = world.clients.pods.calls.filter(({ verb }) => verb === 'get').length;
    await world.pass(60_000);
    expect(world.clients.pods.calls.filter(({ verb }) => verb === 'get').length - asked).to.be.at.most(1);
  });

  it('does nothing while the API server can not be asked about the Pod', async () => {
    world.clients.runs.seed(makeRun('a').running('p').obj());
    for (let i = 0; i < 3; i++) world.clients.pods.failNext('get', new ApiError(500, { code: 500 }));
    await world.start();
    expect(world.status('a')?.phase).to.equal('Running');
    await world.pass(2000);
    expect(world.status('a')?.phase).to.equal('Failed');
  });

  it('sees through a new Pod of the same name', async () => {
    world.clients.pods.seed(makePod('p').meta({ uid: 'another' }).obj());
    world.clients.runs.seed(makeRun('a').running('p').obj());
    await world.start();
    expect(world.status('a')?.reason).to.equal('PodLost');
  });

  it('lets a last word of runtimed go first', async () => {
    world.clients.runs.seed(makeRun('a').running('p').obj());
    world.clients.runs.before = async ({ verb }) => {
      if (verb !== 'patch') return;
      world.clients.runs.before = undefined;
      world.clients.runs.seed(makeRun('a').running('p').ended('Succeeded').obj());
    };
    await world.start();
    await world.pass(10_000);
    expect(world.status('a')?.phase).to.equal('Succeeded');
  });

  it('writes its verdict once when the answer is lost', async () => {
    world.clients.runs.seed(
      makeRun('a')
        .spec({ retryPolicy: { maxAttempts: 3 } })
        .running('p')
        .obj(),
    );
    world.clients.runs.loseReply('patch');
    await world.start();
    await world.pass(10_000);
    expect(world.status('a')).to.deep.include({ phase: 'Pending', attempt: 1 });
    expect(world.status('a')?.attempts).to.have.length(1);
    expect(world.clients.runs.writes).to.equal(1);
  });

  it('waits for an evicted Pod until its containers have ended', async () => {
    const container = { name: 'runtime', ready: false, restartCount: 0, image: 'x' };
    world.clients.pods.seed(
      makePod('p')
        .status({ phase: 'Failed', containerStatuses: [{ ...container, state: { running: {} } }] })
        .obj(),
    );
    world.clients.runs.seed(makeRun('a').running('p').obj());
    await world.start();
    expect(world.status('a')?.phase).to.equal('Running');
    world.clients.pods.seed(
      makePod('p')
        .status({ phase: 'Failed', containerStatuses: [{ ...container, state: { terminated: {} } }] })
        .obj(),
    );
    await quiet();
    expect(world.status('a')?.phase).to.equal('Failed');
  });

  it('deletes a Pod with Runs that is not ready for five minutes, and only then ends them', async () => {
    world.clients.pods.seed(makePod('p').obj());
    world.clients.pods.seed(makePod('idle').notReady().obj());
    world.clients.runs.seed(makeRun('a').running('p').obj());
    await world.start();
    world.clients.pods.seed(makePod('p').notReady('2026-01-01T00:00:00Z').obj());
    await world.pass(299_000);
    expect(world.clients.pods.peek('p')).not.to.equal(undefined);
    expect(world.status('a')?.phase).to.equal('Running');
    await world.pass(2000);
    expect(world.clients.pods.peek('p')).to.equal(undefined);
    expect(world.clients.pods.peek('idle')).not.to.equal(undefined);
    expect(world.status('a')?.reason).to.equal('PodLost');
  });

  it('gives a Pod its five minutes whatever clocks say, but for those that began before it came', async () => {
    world.clients.pods.seed(makePod('p').obj());
    world.clients.pods.seed(makePod('old').notReady('2025-12-31T23:58:00Z').obj());
    world.clients.runs.seed(makeRun('a').running('p').obj());
    world.clients.runs.seed(makeRun('b').running('old').obj());
    await world.start();
    // a node whose clock is an hour late, a controller whose clock is set forwards, then backwards
    world.clients.pods.seed(makePod('p').notReady('2025-12-31T23:00:00Z').obj());
    world.clock.jump(3_600_000);
    await world.pass(150_000);
    const left = () => world.clients.pods.all().map(({ metadata }) => metadata.name);
    expect(left()).to.deep.equal(['p', 'old']);
    world.clock.jump(-7_200_000);
    await world.pass(60_000);
    expect(left()).to.deep.equal(['p']);
    await world.pass(89_000);
    expect(left()).to.deep.equal(['p']);
    await world.pass(2_000);
    expect(left()).to.deep.equal([]);
  });

  it('spares a Pod that is ready again in time', async () => {
    world.clients.pods.seed(makePod('p').notReady('2026-01-01T00:00:00Z').obj());
    world.clients.runs.seed(makeRun('a').running('p').obj());
    await world.start();
    await world.pass(200_000);
    world.clients.pods.seed(makePod('p').obj());
    await world.pass(200_000);
    expect(world.status('a')?.phase).to.equal('Running');
  });

  it('keeps no ended Run for longer than twice its time because a clock was set back', async () => {
    await world.start();
    world.clients.runs.seed(makeRun('a').spec({ ttlSecondsAfterFinished: 60 }).ended().obj());
    await world.pass(1000);
    world.clock.jump(-60_000);
    await world.pass(61_000);
    expect(world.clients.runs.all()).to.have.length(1);
    await world.pass(60_000);
    expect(world.clients.runs.all()).to.have.length(0);
  });

  it('deletes ended Runs when their time is over, also those that ended before it started', async () => {
    world.clients.runs.seed(makeRun('old').spec({ ttlSecondsAfterFinished: 0 }).ended().obj());
    world.clients.runs.seed(makeRun('kept').ended().obj());
    world.clients.runs.seed(makeRun('later').spec({ ttlSecondsAfterFinished: 60 }).ended().obj());
    await world.start();
    await world.pass(2000);
    const names = () => world.clients.runs.all().map(({ metadata }) => metadata.name);
    expect(names()).to.deep.equal(['kept', 'later']);
    await world.pass(58_000);
    expect(names()).to.deep.equal(['kept', 'later']);
    await world.pass(2000);
    expect(names()).to.deep.equal(['kept']);
  });

  it('goes by the newest time-to-live, and never deletes another Run of the name', async () => {
    world.clients.runs.seed(makeRun('a').spec({ ttlSecondsAfterFinished: 5 }).ended().obj());
    world.clients.runs.seed(makeRun('b').spec({ ttlSecondsAfterFinished: 5 }).ended().obj());
    await world.start();
    await world.clients.runs.patch('a', 'default', { spec: { ttlSecondsAfterFinished: 100 } });
    world.clients.runs.log.hold();
    world.clients.runs.remove('b');
    world.clients.runs.seed(makeRun('b').meta({ uid: 'new' }).obj());
    await world.pass(20_000);
    expect(world.clients.runs.all().map(({ metadata }) => metadata.uid)).to.deep.equal(['uid-a', 'new']);
  });
});
