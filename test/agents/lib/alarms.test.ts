import { expect } from 'chai';
import { Alarms } from '../../../agents/lib/alarms.ts';
import { FakeClock } from '../../fakes/clock.ts';

function makeAlarms() {
  const clock = new FakeClock(0);
  const stop = new AbortController();
  const rung: string[] = [];
  const alarms = new Alarms({ clock, signal: stop.signal, onDue: key => rung.push(`${key}@${clock.now()}`) });
  return { clock, stop, rung, alarms };
}

describe('Alarms', () => {
  it('ring in order of their instants, on one timer', async () => {
    const { clock, rung, alarms } = makeAlarms();
    alarms.set('late', 300);
    alarms.set('early', 100);
    alarms.set('middle', 200);
    expect(clock.sleeping).to.equal(1);
    await clock.advance(250);
    expect(rung).to.deep.equal(['early@100', 'middle@200']);
  });

  it('can be moved and taken back', async () => {
    const { clock, rung, alarms } = makeAlarms();
    alarms.set('a', 100);
    alarms.set('a', 400);
    alarms.set('b', 200);
    alarms.delete('b');
    await clock.advance(1000);
    expect(rung).to.deep.equal(['a@400']);
    expect(clock.sleeping).to.equal(0);
  });

  it('ring at once, but not within set, when their instant has passed', async () => {
    const { clock, rung, alarms } = makeAlarms();
    await clock.advance(50);
    alarms.set('a', 10);
    expect(rung).to.deep.equal([]);
    await clock.advance(0);
    expect(rung).to.deep.equal(['a@50']);
  });

  it('are silent after the signal aborts', async () => {
    const { clock, stop, rung, alarms } = makeAlarms();
    alarms.set('a', 10);
    stop.abort();
    alarms.set('b', 5);
    await clock.advance(20);
    expect(rung).to.deep.equal([]);
    expect(clock.sleeping).to.equal(0);
  });
});
