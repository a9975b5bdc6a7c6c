import { expect } from 'chai';
import { endPatch, waitPatch } from '../../../agents/scheduler/patches.ts';
import { type PoolView, pendingReason } from '../../../agents/scheduler/pending-reason.ts';
import { parseQuantities } from '../../../agents/scheduler/quantities.ts';
import { slimPod, slimRun, slimRuntime } from '../../../agents/scheduler/slim.ts';
import { Usage } from '../../../agents/scheduler/usage.ts';
import { isPodReady } from '../../../crds/client/resources.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';

describe('pendingReason', () => {
  const ready = { capacity: { runs: 4 }, ready: true };
  const view = (change: Partial<PoolView>): PoolView => ({
    runtime: 'bash',
    offered: { runs: 4 },
    replicas: 1,
    pods: [],
    ...change,
  });
  const cases: [string, PoolView, { runs: number; backsOff?: boolean }, string, boolean][] = [
    ['no Runtime', view({ offered: undefined, pods: [ready] }), { runs: 1 }, 'RuntimeNotFound', true],
    ['a request beyond every Pod', view({ pods: [ready] }), { runs: 5 }, 'RequestTooLarge', true],
    [
      'a request that only an old Pod can take',
      view({ offered: { runs: 1 }, pods: [ready] }),
      { runs: 4 },
      'NoFreeSlot',
      false,
    ],
    ['a back-off', view({ pods: [ready] }), { runs: 1, backsOff: true }, 'BackOff', false],
    ['busy slots', view({ pods: [ready] }), { runs: 1 }, 'NoFreeSlot', false],
    ['a Runtime scaled to 0', view({ replicas: 0 }), { runs: 1 }, 'RuntimeScaledToZero', false],
    ['Pods that are not ready', view({ pods: [{ ...ready, ready: false }] }), { runs: 1 }, 'NoReadyPod', false],
  ];
  for (const [title, pool, { runs, backsOff = false }, reason, hopeless] of cases) {
    it(`is ${reason} for ${title}`, () => {
      const waits = pendingReason({ requests: { runs } }, backsOff, pool);
      expect(waits).to.deep.include({ reason, hopeless });
    });
  }
});

describe('patches of the scheduler', () => {
  const waits = { reason: 'NoFreeSlot', message: 'm', hopeless: false } as const;

  it('tell a reason once, and again when it changes, with the time of that', () => {
    const first = waitPatch(makeRun('a').obj(), waits, 0)!;
    const noted = makeRun('a')
      .status(first as object)
      .obj();
    expect(waitPatch(noted, waits, 9000)).to.equal(undefined);
    const other = waitPatch(noted, { ...waits, reason: 'NoReadyPod' }, 9000)!;
    expect(other.conditions).to.have.length(1);
    expect(other.conditions?.[0]).to.deep.include({ reason: 'NoReadyPod', lastTransitionTime: '1970-01-01T00:00:09Z' });
  });

  it('keep other conditions', () => {
    const other = { type: 'X', status: 'True', reason: 'r', message: '', lastTransitionTime: '' } as const;
    const run = makeRun('a')
      .status({ conditions: [other] })
      .obj();
    expect(waitPatch(run, waits, 0)?.conditions?.map(({ type }) => type)).to.deep.equal(['X', 'Scheduled']);
    expect(endPatch(run, 'Unschedulable', 'why', 0)).to.deep.include({ phase: 'Failed', reason: 'Unschedulable' });
    expect(endPatch(run, 'Cancelled', 'why', 0).conditions?.map(({ type }) => type)).to.deep.equal(['X', 'Finished']);
  });
});

describe('parseQuantities', () => {
  const cases: [string | undefined, unknown][] = [
    ['{"runs":4,"gpu":1}', { runs: 4, gpu: 1 }],
    [undefined, undefined],
    ['', undefined],
    ['[1]', undefined],
    ['null', undefined],
    ['{"runs":"4"}', undefined],
    ['{"runs":1.5}', undefined],
  ];
  for (const [text, wanted] of cases) {
    it(`reads ${text} as ${JSON.stringify(wanted)}`, () => expect(parseQuantities(text)).to.deep.equal(wanted));
  }
});

describe('Usage', () => {
  it('counts assigned Runs until they end, whether or not they are cancelled', () => {
    const usage = new Usage();
    const pending = makeRun('a').requests({ runs: 2 }).obj();
    const bound = makeRun('a').requests({ runs: 2 }).scheduled('p').obj();
    const cancelled = makeRun('a').requests({ runs: 2 }).running('p').cancelled().obj();
    expect(usage.replace(undefined, pending)).to.equal(undefined);
    usage.replace(pending, bound);
    usage.replace(bound, cancelled);
    expect(usage.of('uid-p')).to.deep.equal({ runs: 2 });
    expect(usage.replace(cancelled, undefined)).to.equal('uid-p');
    expect(usage.of('uid-p')).to.deep.equal({});
  });

  it('counts a bind under way until it is settled, once', () => {
    const usage = new Usage();
    usage.assume('a', 'p', { runs: 1 });
    expect(usage.of('p')).to.deep.equal({ runs: 1 });
    usage.settle('a');
    usage.settle('a');
    expect(usage.of('p')).to.deep.equal({});
  });
});

describe('slim objects of the scheduler', () => {
  it('keep what is read, and neither source nor results', () => {
    const run = slimRun(
      makeRun('a')
        .spec({ args: ['x'], env: { A: '1' }, priority: 3 })
        .status({ outputs: { k: 'v' } })
        .obj(),
    );
    expect(run.spec).to.deep.equal({ runtime: 'bash', priority: 3 });
    expect(run.status).to.deep.equal({ phase: 'Pending' });
    const pod = slimPod(makePod('p').obj());
    expect(isPodReady(pod)).to.equal(true);
    expect(pod.metadata.labels).to.deep.equal({ 'kruntimes.io/runtime': 'bash' });
    expect(slimRuntime(makeRuntime().obj()).spec).to.deep.include({ replicas: 2 });
  });
});
