import { expect } from 'chai';
import { SortedQueue } from '../../../agents/lib/sorted-queue.ts';
import { type PlanPod, plan } from '../../../agents/scheduler/plan.ts';
import { compareWaiting, makeWaiting, type Waiting } from '../../../agents/scheduler/waiting.ts';
import { makeRun } from '../../builders/run.ts';
import { FakeClock } from '../../fakes/clock.ts';

const pod = (name: string, runs: number, used = 0, more: Record<string, number> = {}): PlanPod => ({
  name,
  uid: name,
  capacity: { runs, ...more },
  used: { runs: used },
});
const run = (name: string, runs = 1, more: Record<string, number> = {}) => ({ name, requests: { runs, ...more } });

interface Case {
  title: string;
  queue: ReturnType<typeof run>[];
  pods: PlanPod[];
  budget?: number;
  offered?: Record<string, number>;
  binds: string[];
  tooLarge?: string[];
  more?: boolean;
}

const CASES: Case[] = [
  { title: 'nothing for nothing', queue: [], pods: [pod('p', 4)], binds: [] },
  { title: 'no Pods: no binds', queue: [run('a')], pods: [], binds: [] },
  {
    title: 'each Run to the Pod with the most free slots',
    queue: [run('a'), run('b'), run('c'), run('d')],
    pods: [pod('p', 4, 2), pod('q', 4, 1)],
    binds: ['a>q', 'b>p', 'c>q', 'd>p'],
  },
  {
    title: 'no more than there are slots',
    queue: [run('a'), run('b'), run('c')],
    pods: [pod('p', 2, 1), pod('q', 1)],
    binds: ['a>p', 'b>q'],
  },
  {
    title: 'a Pod with more Runs than slots takes nothing',
    queue: [run('a')],
    pods: [pod('p', 2, 3)],
    binds: [],
  },
  {
    title: 'a large Run reserves the Pod with the most free slots; small ones go round it',
    queue: [run('large', 4), run('b'), run('c'), run('d')],
    pods: [pod('p', 4, 1), pod('q', 4, 2)],
    binds: ['b>q', 'c>q'],
  },
  {
    title: 'with one Pod, small Runs wait behind the large one',
    queue: [run('large', 4), run('b')],
    pods: [pod('p', 4, 1)],
    binds: [],
  },
  {
    title: 'only the first blocked Run reserves',
    queue: [run('large', 4), run('larger', 4), run('c')],
    pods: [pod('p', 4, 1), pod('q', 4, 2)],
    binds: ['c>q'],
  },
  {
    title: 'what no Pod can ever take blocks nobody',
    queue: [run('huge', 9), run('b')],
    pods: [pod('p', 4)],
    binds: ['b>p'],
    tooLarge: ['huge'],
  },
  {
    title: 'what the Runtime will offer, but no Pod does yet, waits and reserves nothing',
    queue: [run('large', 8), run('b')],
    pods: [pod('p', 4)],
    offered: { runs: 8 },
    binds: ['b>p'],
  },
  {
    title: 'every resource counts',
    queue: [run('a', 1, { gpu: 1 }), run('b', 1, { gpu: 1 }), run('c')],
    pods: [pod('p', 4, 0, { gpu: 1 }), pod('q', 4)],
    offered: { runs: 4, gpu: 1 },
    binds: ['a>p', 'c>q'],
  },
  {
    title: 'the budget ends it, and says that there is more',
    queue: [run('a'), run('b')],
    pods: [pod('p', 4)],
    budget: 1,
    binds: ['a>p'],
    more: true,
  },
];

describe('plan', () => {
  for (const { title, queue, pods, budget = 32, offered = { runs: 4 }, binds, tooLarge = [], more = false } of CASES) {
    it(title, () => {
      const result = plan({ queue, pods, budget, offered });
      expect(result.binds.map(bind => `${bind.run.name}>${bind.pod.name}`)).to.deep.equal(binds);
      expect(result.tooLarge.map(({ name }) => name)).to.deep.equal(tooLarge);
      expect(result.more).to.equal(more);
    });
  }

  it('gives nothing to the Pods of a Runtime that is gone', () => {
    const result = plan({ queue: [run('a')], pods: [pod('p', 4)], budget: 32, offered: undefined });
    expect(result.binds).to.deep.equal([]);
  });

  it('lets a large Run in when its Pod has drained, under a steady stream of small ones', () => {
    const pods = [pod('p', 4, 4), pod('q', 4, 4)].map(p => ({ ...p, used: { runs: 4 } }));
    const waiting = [run('large', 4), ...Array.from({ length: 30 }, (_, i) => run(`s${i}`))];
    for (let round = 0; round < 30 && waiting[0]?.name === 'large'; round++) {
      const freed = pods[round % 2]!;
      freed.used = { runs: freed.used.runs - 1 };
      for (const bind of plan({ queue: waiting, pods, budget: 32, offered: { runs: 4 } }).binds) {
        waiting.splice(waiting.indexOf(bind.run), 1);
        const taken = pods.find(({ name }) => name === bind.pod.name)!;
        taken.used = { runs: taken.used.runs + bind.run.requests.runs };
      }
    }
    expect(waiting[0]?.name).not.to.equal('large');
    expect(waiting.length).to.be.greaterThan(20);
  });

  it('costs the same for 5,000 queued Runs as for 10: a look at the front, O(log n) comparisons to take one out', () => {
    const costOf = (length: number) => {
      const clock = new FakeClock();
      let comparisons = 0;
      let looks = 0;
      const queue = new SortedQueue<Waiting>((a, b) => {
        comparisons++;
        return compareWaiting(a, b);
      });
      for (let i = 0; i < length; i++) queue.add(makeWaiting(makeRun(`r${i}`).obj(), i, clock));
      const counted = {
        *[Symbol.iterator]() {
          for (const item of { [Symbol.iterator]: () => queue[Symbol.iterator]() }) {
            looks++;
            yield item;
          }
        },
      };
      comparisons = 0;
      const pods = [pod('p', 4, 4), pod('q', 4, 3)];
      const { binds } = plan({ queue: counted, pods, budget: 32, offered: { runs: 4 } });
      for (const bind of binds) queue.delete(bind.run);
      expect(binds).to.have.length(1);
      return { comparisons, looks };
    };
    expect(costOf(5000).looks).to.equal(costOf(10).looks).and.equal(2);
    expect(costOf(5000).comparisons).to.be.at.most(15);
  });
});
