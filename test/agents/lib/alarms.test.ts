import { expect } from 'chai';
import { Alarms } from '../../../agents/lib/alarms.ts';
import { FakeClock } from '../../fakes/clock.ts';

function makeAlarms() {
  const clock = new FakeClock(0);
  const stop = new AbortController();
  const rung: string[] = [];
  const begun = clock.monotonic();
  const onDue = (key: string) => rung.push(`${key}@${clock.monotonic() - begun}`);
  const alarms = new Alarms({ clock, signal: stop.signal, onDue });
  const set = (key: string, at: number) => alarms.set(key, begun + at);
  return { clock, stop, rung, alarms, set };
}

describe('Alarms', () => {
  it('ring in order of their instants, on one timer', async () => {
    const { clock, rung, set } = makeAlarms();
    set('late', 300);
    set('early', 100);
    set('middle', 200);
    expect(clock.sleeping).to.equal(1);
    await clock.advance(250);
    expect(rung).to.deep.equal(['early@100', 'middle@200']);
  });

  it('can be moved and taken back', async () => {
    const { clock, rung, alarms, set } = makeAlarms();
    set('a', 100);
    set('a', 400);
    set('b', 200);
    alarms.delete('b');
    await clock.advance(1000);
    expect(rung).to.deep.equal(['a@400']);
    expect(clock.sleeping).to.equal(0);
  });

  it('ring at once, but not within set, when their instant has passed', async () => {
    const { clock, rung, set } = makeAlarms();
    await clock.advance(50);
    set('a', 10);
    expect(rung).to.deep.equal([]);
    await clock.advance(0);
    expect(rung).to.deep.equal(['a@50']);
  });

  for (const [where, ms] of [
    ['forwards', 3_600_000],
    ['backwards', -3_600_000],
  ] as const) {
    it(`ring after the same time when somebody sets the clock ${where}`, async () => {
      const { clock, rung, set } = makeAlarms();
      set('a', 100);
      set('b', 200);
      clock.jump(ms);
      await clock.advance(99);
      expect(rung).to.deep.equal([]);
      await clock.advance(51);
      clock.jump(ms);
      await clock.advance(50);
      expect(rung).to.deep.equal(['a@100', 'b@200']);
    });
  }

  it('are silent after the signal aborts', async () => {
    const { clock, stop, rung, set } = makeAlarms();
    set('a', 10);
    stop.abort();
    set('b', 5);
    await clock.advance(20);
    expect(rung).to.deep.equal([]);
    expect(clock.sleeping).to.equal(0);
  });
});
