import { expect } from 'chai';
import { acquireLease, type HeldLease } from '../../../agents/lib/lease.ts';
import { ApiError } from '../../../crds/client/api-error.ts';
import type { Lease } from '../../../crds/client/resources.ts';
import { makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';

function makeWorld() {
  const clock = new FakeClock();
  const { leases } = makeFakeClients();
  const stop = new AbortController();
  const contend = (identity: string) => {
    const state: { held?: HeldLease } = {};
    acquireLease({
      client: leases,
      clock,
      signal: stop.signal,
      namespace: 'default',
      name: 'krt-test',
      identity,
      random: () => 0,
    }).then(
      held => {
        state.held = held;
      },
      () => undefined,
    );
    return state;
  };
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      await clock.advance(1000);
      for (let j = 0; j < 5; j++) await settle();
    }
  };
  const holder = () => leases.peek('krt-test')?.spec?.holderIdentity;
  return { clock, leases, stop, contend, pass, holder };
}

describe('acquireLease', () => {
  it('makes the first one the leader, and the second one only after a release', async () => {
    const { contend, pass, holder } = makeWorld();
    const a = contend('a');
    await settle();
    const b = contend('b');
    await pass(60);
    expect([Boolean(a.held), Boolean(b.held), holder()]).to.deep.equal([true, false, 'a']);
    await a.held!.release();
    expect(holder()).to.equal('');
    await pass(3);
    expect([Boolean(b.held), holder()]).to.deep.equal([true, 'b']);
  });

  it('is taken as the installation makes it, with nothing in it', async () => {
    const { leases, contend, pass, holder } = makeWorld();
    leases.seed({ metadata: { name: 'krt-test', namespace: 'default' } });
    const a = contend('a');
    await pass(1);
    expect([Boolean(a.held), holder()]).to.deep.equal([true, 'a']);
  });

  it('lets one of many win', async () => {
    const { contend, pass } = makeWorld();
    const all = ['a', 'b', 'c', 'd'].map(contend);
    await pass(30);
    expect(all.filter(({ held }) => held)).to.have.length(1);
  });

  it('goes to another when its holder has not renewed for its duration, and the old one is told first', async () => {
    const { contend, pass, leases, clock } = makeWorld();
    const a = contend('a');
    await settle();
    const lostAt: number[] = [];
    const begun = clock.now();
    a.held!.lost.addEventListener('abort', () => lostAt.push(clock.now() - begun));
    leases.before = ({ verb }) => {
      if (verb === 'replace') throw new ApiError(503, { code: 503 });
    };
    await pass(11);
    expect(lostAt).to.deep.equal([10_000]);
    leases.before = undefined;
    const b = contend('b');
    await pass(14);
    expect(b.held).to.equal(undefined);
    await pass(3);
    expect(b.held).not.to.equal(undefined);
  });

  it('is neither lost nor taken over when clocks are set', async () => {
    const { contend, pass, clock } = makeWorld();
    const a = contend('a');
    await settle();
    const b = contend('b');
    for (const ms of [3_600_000, -7_200_000]) {
      clock.jump(ms);
      await pass(20);
    }
    expect(a.held!.lost.aborted).to.equal(false);
    expect(b.held).to.equal(undefined);
  });

  it('survives errors that are shorter than the deadline', async () => {
    const { contend, pass, leases, holder } = makeWorld();
    leases.failNext('get', new ApiError(500, { code: 500 }));
    const a = contend('a');
    await pass(3);
    for (let i = 0; i < 3; i++) leases.failNext('replace', new ApiError(500, { code: 500 }));
    await pass(30);
    expect([a.held?.lost.aborted, holder()]).to.deep.equal([false, 'a']);
  });

  it('is lost when another hand has taken or deleted it', async () => {
    const { contend, pass, leases } = makeWorld();
    const a = contend('a');
    await settle();
    await leases.patch('krt-test', 'default', { spec: { holderIdentity: 'thief' } });
    await pass(3);
    expect(a.held?.lost.aborted).to.equal(true);
  });

  it('keeps it when only the answer of a renewal was lost', async () => {
    const { contend, pass, leases } = makeWorld();
    const a = contend('a');
    await settle();
    leases.loseReply('replace');
    await pass(20);
    expect(a.held?.lost.aborted).to.equal(false);
  });

  it('keeps it when every renewal arrives twice, so that the answer is a conflict with itself', async () => {
    const { contend, pass, leases } = makeWorld();
    const a = contend('a');
    await settle();
    let isCopy = false;
    leases.before = async ({ verb, body }) => {
      if (verb !== 'replace' || isCopy) return;
      isCopy = true;
      await leases.replace(body as Lease);
      isCopy = false;
    };
    await pass(30);
    expect(a.held?.lost.aborted).to.equal(false);
  });

  it('leaves no timer behind when it is stopped or released', async () => {
    const { contend, pass, stop, clock } = makeWorld();
    const a = contend('a');
    await settle();
    contend('b');
    await pass(3);
    await a.held!.release();
    stop.abort();
    await settle();
    expect(clock.sleeping).to.equal(0);
  });
});
