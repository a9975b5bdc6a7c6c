import { expect } from 'chai';
import type { Progress } from '../../../plugin/ui/progress.ts';
import { withWaitingLine } from '../../../plugin/ui/waiting-line.ts';
import { FakeClock } from '../../fakes/clock.ts';

describe('the line that tells what is waited for', () => {
  let clock: FakeClock;
  let shown: (string | undefined)[];
  let work: PromiseWithResolvers<number>;
  const progressOf = (isVisible: boolean): Progress => ({
    isVisible,
    show: text => void shown.push(text),
    clear: () => void shown.push(undefined),
    note: () => undefined,
  });
  beforeEach(() => {
    clock = new FakeClock();
    shown = [];
    work = Promise.withResolvers();
  });
  afterEach('leaves nothing behind', () => expect(clock.sleeping).to.equal(0));

  const { signal } = new AbortController();

  it('comes after a second, goes on with the time, and goes at the end', async () => {
    let what = '2 runs';
    const waiting = withWaitingLine(work.promise, () => what, progressOf(true), { clock, signal });
    await clock.advance(900);
    expect(shown).to.deep.equal([]);
    await clock.advance(1200);
    what = 'run/a';
    await clock.advance(1000);
    work.resolve(3);
    expect(await waiting).to.equal(3);
    await clock.advance(5000);
    expect(shown).to.deep.equal([
      'waiting for 2 runs, 1s',
      'waiting for 2 runs, 2s',
      'waiting for run/a, 3s',
      undefined,
    ]);
  });

  it('goes where what is waited for fails', async () => {
    const waiting = withWaitingLine(work.promise, () => 'x', progressOf(true), { clock, signal });
    await clock.advance(1000);
    work.reject(new Error('gone'));
    expect(await waiting.catch(error => error.message)).to.equal('gone');
    expect(shown).to.deep.equal(['waiting for x, 1s', undefined]);
  });

  it('is not there where nobody would see it', async () => {
    const waiting = withWaitingLine(work.promise, () => 'x', progressOf(false), { clock, signal });
    await clock.advance(5000);
    work.resolve(0);
    await waiting;
    expect(shown).to.deep.equal([undefined]);
  });
});
