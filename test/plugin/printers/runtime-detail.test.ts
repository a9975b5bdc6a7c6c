import { expect } from 'chai';
import { runtimeDetailText } from '../../../plugin/printers/runtime-detail.ts';
import type { RuntimeDescription } from '../../../plugin/services/describe/describe-runtime.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { NOW } from '../harness.ts';

const text = (description: Partial<RuntimeDescription> & Pick<RuntimeDescription, 'runtime'>) =>
  runtimeDetailText(
    { pods: [], runs: [], events: { events: [] }, ...description },
    { now: NOW, colour: false, bin: 'krt' },
  );

describe('the description of a Runtime', () => {
  it('says how it stands, what its Pods do, and what keeps one from being ready', () => {
    const available = { type: 'Available', status: 'True' as const, reason: 'MinimumReplicas', message: 'it has Pods' };
    const runtime = makeRuntime('bash')
      .spec({ artifactStore: { filesystem: { volumeClaimName: 'data' } }, workspace: { emptyDir: {} } })
      .podSpec({ serviceAccountName: 'jobs' })
      .status({
        readyReplicas: 1,
        slots: { total: 4, used: 3 },
        conditions: [{ ...available, lastTransitionTime: '2026-01-01T00:01:00Z' }],
      })
      .obj();
    const pulling = { reason: 'ImagePullBackOff', message: 'no such image' };
    const stuck = {
      name: 'runtime',
      ready: false,
      restartCount: 2,
      image: 'x',
      state: { waiting: pulling },
    };
    const pods = [
      makePod('bash-1').obj(),
      makePod('bash-2')
        .notReady()
        .status({ containerStatuses: [stuck] })
        .obj(),
      makePod('bash-3').deleting().obj(),
    ];
    const runs = [
      makeRun('a').running('bash-1').obj(),
      makeRun('b').running('bash-1').requests({ runs: 2 }).obj(),
      makeRun('c').obj(),
    ];
    expect(text({ runtime, pods, runs })).to.equal(
      [
        'Name:        bash',
        'Namespace:   default',
        'Pods ready:  1 of 2',
        'Slots:       3 of 4 used',
        'Image:       kruntimes-bash-runtime:latest',
        'Each Pod:    runs=4',
        'Isolation:   SharedUser',
        'Each Run:    at most 512 processes, memory what the container has, disk 10Gi',
        'Account:     jobs',
        'Artifacts:   volume claim data',
        'Workspace:   emptyDir',
        'Created:     2026-01-01T00:00:00Z (5m ago)',
        'Runs:        2 Running, 1 Pending',
        'Conditions:',
        '  TYPE        STATUS   REASON            AGE   MESSAGE',
        '  Available   True     MinimumReplicas   4m    it has Pods',
        'Pods:',
        '  NAME     READY   SLOTS   RESTARTS   AGE   STATUS',
        '  bash-1   yes     3/4     0          5m    Running',
        '  bash-2   no      0/4     2          5m    ImagePullBackOff: no such image',
        '  bash-3   no      0/4     0          5m    Terminating',
        'Events:  <none>',
        '',
      ].join('\n'),
    );
  });

  it('tells the tier of isolation and the limits of each Run, as the Runtime sets them or as they follow', () => {
    const limits = (memory: string) => [{ name: 'runtime', resources: { limits: { memory } } }];
    const given = makeRuntime('bash').spec({
      isolation: 'PodPerRun',
      capacity: {},
      limits: { memory: '64Mi', processes: 20, disk: '1Gi' },
    });
    expect(text({ runtime: given.obj() }))
      .to.include('Isolation:   PodPerRun\n')
      .and.include('Each Pod:    runs=1\n')
      .and.include('Each Run:    at most 20 processes, memory 64Mi, disk 1Gi\n');
    const follows = makeRuntime('bash').podSpec({ containers: limits('2Gi') });
    expect(text({ runtime: follows.obj() })).to.include('memory 1536Mi, disk 10Gi\n');
  });

  it('tells what Pods have that take Runs and are still to be replaced', () => {
    const runtime = makeRuntime('bash').spec({ isolation: 'UserPerSlot' }).obj();
    const pod = (name: string, isolation?: string) =>
      makePod(name).meta({ annotations: isolation === undefined ? {} : { 'kruntimes.io/isolation': isolation } });
    const pods = [pod('a', 'UserPerSlot').obj(), pod('b', 'SharedUser').obj(), pod('c').obj()];
    expect(text({ runtime, pods })).to.include('Isolation:   UserPerSlot (SharedUser still on 2 of 3 Pods)\n');
    const starting = pod('b', 'SharedUser').notReady().obj();
    expect(text({ runtime, pods: [pods[0]!, starting] })).to.include('Isolation:   UserPerSlot\n');
  });

  it('says little of one that nobody has touched, or of what one may not see', () => {
    const shown = text({ runtime: makeRuntime('bash').obj(), pods: undefined });
    expect(shown).to.include('Pods ready:  0 of 2\n').and.include('Runs:        none under way\n');
    expect(shown).to.include('Pods:  <not allowed to list them>\n').and.not.include('Slots:');
  });
});
