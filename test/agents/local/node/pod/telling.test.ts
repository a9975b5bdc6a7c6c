import { expect } from 'chai';
import { pino } from 'pino';
import type { NodeContext } from '../../../../../agents/local/node/context.ts';
import { deletePod } from '../../../../../agents/local/node/pod/delete-pod.ts';
import type { PodView } from '../../../../../agents/local/node/pod/plan.ts';
import { StatusTeller } from '../../../../../agents/local/node/pod/status-teller.ts';
import { ApiError } from '../../../../../crds/client/api-error.ts';
import { makePod } from '../../../../builders/pod.ts';
import { makeFakeClients } from '../../../../fakes/clients.ts';
import { FakeClock } from '../../../../fakes/clock.ts';
import { running, waiting } from './records.ts';

/** An API server in memory with a Pod that has no status yet. */
function makeWorld() {
  const clock = new FakeClock();
  const { pods } = makeFakeClients(() => clock.now());
  const { status: _, ...bare } = makePod('p').obj();
  const pod = pods.seed(bare);
  const taken: unknown[] = [];
  const context = {
    clock,
    log: pino({ level: 'silent' }),
    clients: { pods },
    pods: { put: (object: unknown) => taken.push(object) > 0 },
  } as unknown as NodeContext;
  return { clock, pods, pod, taken, context };
}

const { signal } = new AbortController();
const view = (more: Partial<PodView>): PodView => ({ policy: 'Always', init: [], main: [], ...more });
const ready = view({ main: [running('a')] });

describe('the teller of a status', () => {
  it('writes what is new, once', async () => {
    const { pods, pod, taken, context } = makeWorld();
    const teller = new StatusTeller(context);
    await teller.tell(pod, ready, signal);
    await teller.tell(pods.peek('p')!, ready, signal);
    expect(pods.writes).to.equal(1);
    expect(pods.peek('p')?.status?.phase).to.equal('Running');
    expect(taken, 'its own writes are known at once').to.have.length(1);
    await teller.tell(pods.peek('p')!, view({ main: [waiting('a')] }), signal);
    expect(pods.peek('p')?.status?.phase).to.equal('Pending');
  });

  it('keeps times of what it told, also when it is asked with an older Pod', async () => {
    const { clock, pods, pod, context } = makeWorld();
    const teller = new StatusTeller(context);
    await teller.tell(pod, ready, signal);
    await clock.advance(60_000);
    await teller.tell(pod, view({ main: [running('a', { restarts: 1 })] }), signal);
    const times = pods.peek('p')!.status!.conditions!.map(({ lastTransitionTime }) => lastTransitionTime);
    expect(new Set(times)).to.deep.equal(new Set(['2026-01-01T00:00:00Z']));
    expect(pods.peek('p')!.status!.startTime).to.equal('2026-01-01T00:00:00Z');
  });

  for (const [title, fault, writes] of [
    ['another hand was first', 'conflict', 2],
    ['the answer was lost', 'lost', 2],
    ['the server errs', 'down', 2],
  ] as const) {
    it(`decides again where ${title}`, async () => {
      const { pods, pod, context } = makeWorld();
      if (fault === 'lost') pods.loseReply('patch');
      else
        pods.failNext(
          'patch',
          new ApiError(fault === 'down' ? 500 : 409, { reason: fault === 'down' ? 'InternalError' : 'Conflict' }),
        );
      await new StatusTeller(context).tell(pod, ready, signal);
      expect(pods.peek('p')?.status?.phase).to.equal('Running');
      expect(pods.writes).to.equal(writes);
    });
  }

  it('does not repeat what the server will not take', async () => {
    const { pods, pod, context } = makeWorld();
    const teller = new StatusTeller(context);
    pods.failNext('patch', new ApiError(422, { reason: 'Invalid' }));
    await teller.tell(pod, ready, signal);
    await teller.tell(pod, ready, signal);
    expect(pods.writes).to.equal(1);
  });

  it('is content where the Pod is gone', async () => {
    const { pods, pod, context } = makeWorld();
    pods.remove('p');
    await new StatusTeller(context).tell(pod, ready, signal);
    expect(pods.all()).to.deep.equal([]);
  });

  it('has last words, but not for long', async () => {
    const { clock, pods, pod, context } = makeWorld();
    const teller = new StatusTeller(context);
    await teller.lastWords(pod, ready);
    expect(pods.peek('p')?.status?.phase).to.equal('Running');
    // from now on it knows nothing
    pods.before = () => {
      throw new ApiError(500, { reason: 'InternalError' });
    };
    const told = teller.lastWords(pod, view({ main: [waiting('a')] }));
    await clock.advance(2_000);
    await told;
    expect(clock.sleeping).to.equal(0);
  });
});

describe('deletePod', () => {
  it('takes the Pod away at once', async () => {
    const { pods, pod, context } = makeWorld();
    await deletePod(context, pod, () => false);
    expect(pods.all()).to.deep.equal([]);
    expect(pods.calls[0]?.body).to.deep.equal({ gracePeriodSeconds: 0, preconditions: { uid: 'uid-p' } });
  });

  it('leaves another Pod of the name alone', async () => {
    const { pods, pod, context } = makeWorld();
    pods.remove('p');
    pods.seed(makePod('p').meta({ uid: 'another' }).obj());
    await deletePod(context, pod, () => false);
    expect(pods.peek('p')?.metadata.uid).to.equal('another');
  });

  it('tries until the server has heard it', async () => {
    const { clock, pods, pod, context } = makeWorld();
    for (let i = 0; i < 2; i++) pods.failNext('delete', new ApiError(500, { reason: 'InternalError' }));
    pods.loseReply('delete');
    const deleted = deletePod(context, pod, () => false);
    await clock.advance(3_000);
    await deleted;
    expect(pods.all()).to.deep.equal([]);
    expect(pods.writes).to.equal(4);
  });

  it('gives up when it need not be heard any more', async () => {
    const { clock, pods, pod, context } = makeWorld();
    pods.failNext('delete', new ApiError(500, { reason: 'InternalError' }));
    let isOver = false;
    const deleted = deletePod(context, pod, () => isOver);
    isOver = true;
    await clock.advance(1_000);
    await deleted;
    expect(pods.writes).to.equal(1);
  });
});
