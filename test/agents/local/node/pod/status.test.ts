import { expect } from 'chai';
import type { PodView } from '../../../../../agents/local/node/pod/plan.ts';
import { phaseOf, podStatus } from '../../../../../agents/local/node/pod/status.ts';
import type { ContainerStatus, Pod } from '../../../../../crds/client/resources.ts';
import { makePod } from '../../../../builders/pod.ts';
import { ending, failed, running, succeeded, waiting } from './records.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');

/** A Pod that nobody has told anything of, with containers `a`, `b` and init container `i`. */
function bare(): Pod {
  const pod = makePod('p').obj();
  const spec = {
    ...pod.spec,
    containers: [
      { name: 'a', image: 'A' },
      { name: 'b', image: 'B' },
    ],
    initContainers: [{ name: 'i' }],
  };
  const { status: _, ...rest } = pod;
  return { ...rest, spec };
}

const tell = (view: Partial<PodView>, pod = bare(), now = NOW) =>
  podStatus(pod, { policy: 'Always', init: [], main: [], ...view }, NOW - 5000, now);

describe('the phase of a Pod', () => {
  for (const [phase, policy, init, main] of [
    ['Pending', 'Always', [], [waiting('a')]],
    ['Pending', 'Always', [], [running('a'), waiting('b')]],
    ['Pending', 'Always', [running('i')], [waiting('a')]],
    ['Pending', 'Always', [failed('i')], [waiting('a')]],
    ['Running', 'Always', [succeeded('i')], [running('a'), running('b', { ready: false })]],
    ['Running', 'Always', [], [failed('a')]],
    ['Running', 'Never', [], [running('a'), failed('b')]],
    ['Running', 'OnFailure', [], [succeeded('a'), failed('b')]],
    ['Succeeded', 'Never', [succeeded('i')], [succeeded('a')]],
    ['Succeeded', 'OnFailure', [], [succeeded('a'), succeeded('b')]],
    ['Failed', 'Never', [], [succeeded('a'), failed('b')]],
    ['Failed', 'Never', [failed('i')], [waiting('a')]],
  ] as const) {
    const states = [...init, ...main].map(
      ({ name, state, ending }) => `${name} ${state}${ending ? ` ${ending.exitCode}` : ''}`,
    );
    it(`is ${phase} with ${states.join(', ')} and policy ${policy}`, () => {
      expect(phaseOf({ policy, init, main })).to.equal(phase);
    });
  }
});

describe('podStatus', () => {
  it('tells addresses and when the Pod was taken on, once', () => {
    const status = tell({ main: [waiting('a')] });
    expect(status).to.deep.include({
      hostIP: '127.0.0.1',
      podIP: '127.0.0.1',
      hostIPs: [{ ip: '127.0.0.1' }],
      podIPs: [{ ip: '127.0.0.1' }],
      startTime: '2026-01-01T00:59:55Z',
    });
    const later = tell(
      { main: [waiting('a')] },
      { ...bare(), status: { ...status, startTime: '2026-01-01T00:10:00Z' } },
    );
    expect(later.startTime).to.equal('2026-01-01T00:10:00Z');
  });

  /** Conditions as `type=status`, with the reason and what it names. */
  const conditions = (view: Partial<PodView>) =>
    tell(view).conditions!.map(({ type, status, reason, message }) =>
      [`${type}=${status}`, reason, message?.replace(/^.*\[/, '[')].filter(Boolean).join(' '),
    );

  for (const [title, view, told] of [
    [
      'ready',
      { main: [running('a'), running('b')] },
      ['PodScheduled=True', 'Initialized=True', 'ContainersReady=True', 'Ready=True'],
    ],
    [
      'not ready yet',
      { main: [running('a', { ready: false }), waiting('b')] },
      [
        'PodScheduled=True',
        'Initialized=True',
        'ContainersReady=False ContainersNotReady [a b]',
        'Ready=False ContainersNotReady [a b]',
      ],
    ],
    [
      'not initialized',
      { init: [running('i')], main: [waiting('a')] },
      [
        'PodScheduled=True',
        'Initialized=False ContainersNotInitialized [i]',
        'ContainersReady=False ContainersNotReady [a]',
        'Ready=False ContainersNotReady [a]',
      ],
    ],
    [
      'completed',
      { policy: 'Never', main: [succeeded('a')] },
      ['PodScheduled=True', 'Initialized=True', 'ContainersReady=False PodCompleted', 'Ready=False PodCompleted'],
    ],
    [
      'failed',
      { policy: 'Never', main: [failed('a')] },
      ['PodScheduled=True', 'Initialized=True', 'ContainersReady=False PodFailed', 'Ready=False PodFailed'],
    ],
  ] as const) {
    it(`tells conditions of a Pod that is ${title}`, () => {
      expect(conditions(view as Partial<PodView>)).to.deep.equal(told);
    });
  }

  it('keeps the time of a condition until its status changes', () => {
    const first = tell({ main: [running('a', { ready: false })] });
    const times = (status: Pod['status']) => status!.conditions!.map(({ lastTransitionTime }) => lastTransitionTime);
    const pod = { ...bare(), status: first };
    expect(times(tell({ main: [running('a', { ready: false }), waiting('b')] }, pod, NOW + 60_000))).to.deep.equal(
      times(first),
    );
    expect(times(tell({ main: [running('a')] }, pod, NOW + 60_000)).map(time => time?.slice(14, 16))).to.deep.equal([
      '00',
      '00',
      '01',
      '01',
    ]);
  });
});

describe('the status of a container', () => {
  const first = (view: Partial<PodView>): ContainerStatus => tell(view).containerStatuses![0]!;
  const over = { startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z' };

  for (const [title, view, told] of [
    [
      'that waits for its start',
      { main: [waiting('a')] },
      { state: { waiting: { reason: 'ContainerCreating' } }, lastState: {}, started: false },
    ],
    [
      'that waits with a reason',
      { main: [waiting('a', { reason: 'ErrImagePull', message: 'none' })] },
      { state: { waiting: { reason: 'ErrImagePull', message: 'none' } } },
    ],
    [
      'that waits for init containers',
      { init: [running('i')], main: [waiting('a')] },
      { state: { waiting: { reason: 'PodInitializing' } } },
    ],
    [
      'that runs',
      { main: [running('a')] },
      {
        state: { running: { startedAt: over.startedAt } },
        ready: true,
        started: true,
        containerID: 'process://uid-p/a/0',
      },
    ],
    [
      'that ran before',
      { main: [running('a', { restarts: 2, last: ending({ exitCode: 3 }) })] },
      {
        restartCount: 2,
        lastState: { terminated: { exitCode: 3, reason: 'Error', ...over } },
        containerID: 'process://uid-p/a/2',
      },
    ],
    [
      'that has ended for good',
      { policy: 'Never', main: [succeeded('a', { last: ending({ exitCode: 3 }) })] },
      {
        state: { terminated: { exitCode: 0, reason: 'Completed', ...over } },
        lastState: { terminated: { exitCode: 3, reason: 'Error', ...over } },
        ready: false,
      },
    ],
    [
      'that is about to be started again',
      { main: [failed('a', { notBefore: ending().finishedAt })] },
      {
        state: { terminated: { exitCode: 1, reason: 'Error', ...over } },
        lastState: { terminated: { exitCode: 1, reason: 'Error', ...over } },
      },
    ],
    [
      'that backs off',
      { main: [failed('a', { notBefore: ending().finishedAt + 20_000 })] },
      {
        state: {
          waiting: {
            reason: 'CrashLoopBackOff',
            message: 'back-off 20s restarting failed container=a pod=p_default(uid-p)',
          },
        },
        lastState: { terminated: { exitCode: 1, reason: 'Error', ...over } },
        restartCount: 0,
      },
    ],
    [
      'whose ready record is older than its end',
      { main: [failed('a', { ready: true, started: true })] },
      { ready: false, started: false },
    ],
  ] as const) {
    it(`tells one ${title}`, () => {
      expect(first(view as Partial<PodView>)).to.deep.include({ name: 'a', image: 'A', ...told });
    });
  }

  it('tells init containers apart', () => {
    const status = tell({ init: [succeeded('i')], main: [running('a')] });
    expect(status.initContainerStatuses?.map(({ name, state }) => [name, Object.keys(state ?? {})])).to.deep.equal([
      ['i', ['terminated']],
    ]);
    expect(tell({ main: [running('a')] })).to.not.have.property('initContainerStatuses');
  });
});
