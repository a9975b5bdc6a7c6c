import { expect } from 'chai';
import { startedBetween } from '../../../../../agents/runtimes/lib/process/candidates.ts';
import { Containment } from '../../../../../agents/runtimes/lib/process/containment.ts';
import { makeMarks } from '../../../../../agents/runtimes/lib/process/marks.ts';
import {
  type ForkCount,
  type ProcReader,
  parseGroup,
  parseLockLimit,
} from '../../../../../agents/runtimes/lib/process/proc.ts';
import { FakeClock } from '../../../../fakes/clock.ts';

const LIMITS = (soft: string, hard: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max file locks            ${soft.padEnd(20)} ${hard.padEnd(20)} locks     
Max pending signals       96365                96365                signals   
`;

describe('the text of /proc/PID/limits', () => {
  for (const [what, text, expected] of [
    ['a mark', LIMITS('123456789012345678', '123456789012345678'), '123456789012345678'],
    ['a mark whose soft limit was lowered', LIMITS('5', '123456789012345678'), '123456789012345678'],
    ['no limit', LIMITS('unlimited', 'unlimited'), undefined],
    ['a dead process', '', undefined],
  ] as const) {
    it(`tells ${what}`, () => expect(parseLockLimit(text)).to.equal(expected));
  }
});

describe('the text of /proc/PID/stat', () => {
  for (const [what, text, expected] of [
    ['the group of a running process', '7 (sh) R 1 42 43 0', 42],
    ['the group behind a name with brackets, blanks and newlines', '7 (a) S 1 2\n(b) T 1 42 43 0', 42],
    ['nothing of a zombie', '7 (sh) Z 1 42 43 0', undefined],
    ['nothing of a process that is gone', '', undefined],
  ] as const) {
    it(`tells ${what}`, () => expect(parseGroup(text)).to.equal(expected));
  }
});

describe('what can have been started since', () => {
  const at = (lastPid: number, total: number): ForkCount => ({ lastPid, total, pidMax: 1000 });
  const pids = [1, 100, 200, 300, 900];
  for (const [what, since, now, expected] of [
    ['lies between the two last ids', at(100, 10), at(250, 160), [200]],
    ['includes the last one', at(199, 10), at(200, 11), [200]],
    ['goes around the end of the ids', at(800, 10), at(150, 200), [1, 100, 900]],
    ['is nothing when nothing was started', at(200, 10), at(200, 10), []],
    ['is everything when the ids may have gone around', at(100, 10), at(250, 1160), pids],
    ['is everything when the machine tells nothing', undefined, at(250, 160), pids],
    ['is everything when the machine stops telling', at(100, 10), undefined, pids],
  ] as const) {
    it(what, () => expect(startedBetween(pids, since, now)).to.deep.equal(expected));
  }
});

describe('marks', () => {
  it('differ per execution, are 18 digits, and are owned by every start of the same server', () => {
    const [first, second, other] = [makeMarks('pod a', 0), makeMarks('pod a', 999), makeMarks('pod b', 0)];
    const all = [first.next(), first.next(), second.next(), other.next()];
    expect(new Set(all).size).to.equal(4);
    for (const mark of all) expect(mark).to.match(/^[1-9]\d{17}$/);
    expect(all.map(first.owns)).to.deep.equal([true, true, true, false]);
    expect(all.map(mark => mark.startsWith(first.prefix))).to.deep.equal([true, true, false, false]);
  });
});

/** A machine in memory: processes die of what `kill` sends unless they are stubborn. */
function machine(processes: Record<number, { mark?: string; group: number; stubborn?: boolean }>) {
  const alive = new Map(Object.entries(processes).map(([pid, value]) => [Number(pid), value]));
  const sent: [number, string | number][] = [];
  const proc: ProcReader = {
    pids: () => [...alive.keys()],
    exists: pid => alive.has(pid),
    lockLimit: pid => alive.get(pid)?.mark,
    group: pid => alive.get(pid)?.group,
    forks: () => undefined,
  };
  const kill = (target: number, signal: NodeJS.Signals | 0) => {
    const hit = [...alive].filter(([pid, { group }]) => (target < 0 ? group === -target : pid === target));
    if (hit.length === 0) throw new Error('ESRCH');
    sent.push([target, signal]);
    for (const [pid, { stubborn }] of hit) if (signal === 'SIGKILL' && !stubborn) alive.delete(pid);
  };
  return { alive, sent, proc, kill };
}

describe('containment', () => {
  const mark = '1';
  const make = (
    proc: ProcReader | undefined,
    kill: (pid: number, signal: NodeJS.Signals | 0) => void,
    clock = new FakeClock(),
  ) => new Containment(found => found === mark, { proc, kill, clock });

  it('signals the group once and each process outside of it once, and no one else', () => {
    const { proc, kill, sent } = machine({
      10: { mark, group: 10 },
      11: { mark, group: 10 },
      12: { mark, group: 12 },
      13: { group: 13 },
    });
    const containment = make(proc, kill);
    containment.started(10);
    expect(containment.signal('SIGTERM')).to.equal(2);
    expect(sent).to.deep.equal([
      [-10, 'SIGTERM'],
      [12, 'SIGTERM'],
    ]);
  });

  it('never signals the group of a main process that was reaped', () => {
    const { proc, kill, sent } = machine({ 10: { group: 10 }, 12: { mark, group: 12 } });
    const containment = make(proc, kill);
    containment.started(10);
    containment.mainEnded();
    containment.signal('SIGTERM');
    expect(sent).to.deep.equal([[12, 'SIGTERM']]);
  });

  it('kills whole groups of what is left, and others live on', async () => {
    const { proc, kill, alive } = machine({
      10: { group: 10 },
      12: { mark, group: 12 },
      13: { mark, group: 12 },
      14: { mark, group: 14 },
    });
    const clock = new FakeClock();
    const killing = make(proc, kill, clock).killAll();
    await clock.advance(100);
    expect(await killing).to.equal(0);
    expect([...alive.keys()]).to.deep.equal([10]);
    expect(clock.sleeping).to.equal(0);
  });

  it('catches what has forked and ended whenever it is looked at, unless that is too often to wait for', async () => {
    for (const [times, caught] of [
      [5, true],
      [1000, false],
    ] as const) {
      const { proc, kill, alive } = machine({ 12: { mark, group: 12 } });
      let [tip, moves] = [12, 0];
      const lockLimit = (pid: number) => {
        if (pid === tip && moves++ < times) {
          alive.delete(tip);
          tip += 1;
          alive.set(tip, { mark, group: tip });
        }
        return proc.lockLimit(pid);
      };
      const clock = new FakeClock();
      const killing = make({ ...proc, lockLimit }, kill, clock).killAll();
      await clock.advance(1000);
      expect(await killing).to.equal(0);
      expect(alive.has(tip)).to.equal(!caught);
    }
  });

  it('does not take a zombie that nobody buries for one that may have forked, but once', async () => {
    const { proc, kill } = machine({ 12: { mark, group: 12 } });
    const clock = new FakeClock();
    let looks = 0;
    const pids = () => {
      looks += 1;
      return proc.pids();
    };
    const killing = make({ ...proc, pids, group: () => undefined }, kill, clock).killAll();
    await clock.advance(100);
    expect(await killing).to.equal(0);
    expect(looks).to.equal(2);
  });

  it('gives up on a process that hangs in the kernel, and tells', async () => {
    const { proc, kill } = machine({ 12: { mark, group: 12, stubborn: true } });
    const clock = new FakeClock();
    const killing = make(proc, kill, clock).killAll();
    await clock.advance(31_000);
    expect(await killing).to.equal(1);
  });

  it('is the process group where there is no /proc', async () => {
    const { kill, alive } = machine({ 10: { group: 10 }, 11: { group: 10 }, 12: { group: 12 } });
    const clock = new FakeClock();
    const containment = make(undefined, kill, clock);
    containment.started(10);
    containment.mainEnded();
    expect(containment.empty).to.equal(false);
    const killing = containment.killAll();
    await clock.advance(100);
    expect(await killing).to.equal(0);
    expect([...alive.keys()]).to.deep.equal([12]);
    expect(containment.empty).to.equal(true);
  });
});
