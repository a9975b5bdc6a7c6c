import { expect } from 'chai';
import { pino } from 'pino';
import { type KeyLoopOptions, makeKeyLoop } from '../../../agents/lib/key-loop.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';

function make(reconcile: KeyLoopOptions['reconcile'], workers = 4) {
  const clock = new FakeClock(0);
  const stop = new AbortController();
  const log = pino({ level: 'silent' });
  const loop = makeKeyLoop({ name: 'test', clock, log, signal: stop.signal, reconcile, workers, random: () => 1 });
  return { clock, stop, loop };
}

describe('makeKeyLoop', () => {
  it('gathers keys until it is started, and works on each once', async () => {
    const worked: string[] = [];
    const { loop } = make(async key => void worked.push(key) as undefined);
    loop.add('a');
    loop.add('b');
    loop.add('a');
    expect(worked).to.deep.equal([]);
    loop.start();
    await settle();
    expect(worked).to.deep.equal(['a', 'b']);
  });

  it('never works on a key twice at a time, and forgets no add that comes meanwhile', async () => {
    let running = 0;
    let most = 0;
    let times = 0;
    const gate = Promise.withResolvers<void>();
    const { loop } = make(async () => {
      most = Math.max(most, ++running);
      times++;
      await gate.promise;
      running--;
      return undefined;
    });
    loop.start();
    for (let i = 0; i < 5; i++) loop.add('a');
    await settle();
    for (let i = 0; i < 5; i++) loop.add('a');
    gate.resolve();
    await settle();
    expect([most, times]).to.deep.equal([1, 2]);
  });

  it('works on no more keys at a time than it has workers', async () => {
    let running = 0;
    let most = 0;
    const { loop } = make(async () => {
      most = Math.max(most, ++running);
      await settle();
      running--;
      return undefined;
    }, 2);
    for (const key of 'abcdef') loop.add(key);
    loop.start();
    for (let i = 0; i < 10; i++) await settle();
    expect(most).to.equal(2);
  });

  it('tries what failed again, slower and slower, and at once when it is added', async () => {
    const at: number[] = [];
    const { clock, loop } = make(async () => {
      at.push(clock.now());
      throw new Error('no');
    });
    loop.start();
    loop.add('a');
    await clock.advance(400);
    expect(at).to.deep.equal([0, 50, 150, 350]);
    loop.add('a');
    await settle();
    expect(at).to.have.length(5);
  });

  it('comes back when a reconcile asks for it, or in a while', async () => {
    const at: number[] = [];
    const { clock, loop } = make(async () => {
      at.push(clock.now());
      return at.length < 3 ? { requeueAfter: 100 } : undefined;
    });
    loop.start();
    loop.addAfter('a', 30);
    await clock.advance(1000);
    expect(at).to.deep.equal([30, 130, 230]);
    expect(clock.sleeping).to.equal(0);
  });

  it('starts nothing after the signal aborts', async () => {
    const { clock, stop, loop } = make(async () => {
      throw new Error('no');
    });
    loop.start();
    loop.add('a');
    await settle();
    stop.abort();
    loop.add('b');
    await settle();
    expect(clock.sleeping).to.equal(0);
  });
});
