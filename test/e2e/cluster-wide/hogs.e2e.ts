import { expect } from 'chai';
import type { RuntimeSpec } from '../../../crds/v1alpha1/index.ts';
import { sh, useWorld } from '../../acceptance/harness/world.ts';
import { useInstallation } from '../harness/installation.ts';

const container = {
  name: 'runtime',
  imagePullPolicy: 'IfNotPresent',
  resources: { limits: { memory: '512Mi' } },
};
/** Nothing but the memory of the container is limited: the rest is as it comes. */
const bash: Partial<RuntimeSpec> = {
  replicas: 1,
  capacity: { resources: { runs: 8 } },
  template: { spec: { containers: [container] } },
};

/** What each is, and the phase and reason that it ends with. */
const HOGS: [title: string, script: string, end: RegExp][] = [
  ['doubles a variable', 'x=x; while :; do x=$x$x; done', /^Failed /],
  [
    'fills as much as it may in one process, as fast as it can',
    'exec node -e "const all = []; for (;;) all.push(Buffer.alloc(2 ** 24, 1))"',
    /^Failed /,
  ],
  [
    'fills several processes, none of them beyond what one may have',
    // tail keeps what it may have to print until its input ends
    'for i in {1..14}; do (head -c 40M /dev/zero; sleep 600) | tail -c 40M >/dev/null & sleep 0.2; done; wait',
    /^Failed OutOfMemory$/,
  ],
  ['is a fork bomb', ':() { : | : & }; :; sleep 600', /^Failed ProcessesExceeded$/],
  // it may be over before anybody counts: what its main process leaves behind is killed all the same
  [
    'is a fork bomb that its main process leaves behind',
    ':() { : | : & }; :',
    /^(Succeeded Completed|Failed ProcessesExceeded)$/,
  ],
  [
    'is a fork bomb of which each process starts a session of its own',
    'b() { setsid bash -c "$B" & setsid bash -c "$B" & }; export B="$(declare -f b); b"; b; sleep 600',
    /^Failed (ProcessesExceeded|OutOfMemory)$/,
  ],
];

describe('a Pod whose container has a memory limit', () => {
  useInstallation();
  const world = useWorld('e2e-hogs', { bash });

  for (const [title, script, end] of HOGS) {
    it(`stays well, and so do the neighbours, when a program ${title}`, async () => {
      const neighbour = await world.submit(sh('echo here; sleep 600'));
      const { status: running } = await world.reaches(neighbour, 'Running');
      const { status } = await world.ended(await world.submit(sh(script, { timeout: '60s' })));
      expect(`${status?.phase} ${status?.reason}`, JSON.stringify(status)).to.match(end);
      expect(world.runs.get(neighbour)?.status?.phase, JSON.stringify(status)).to.equal('Running');
      await world.cancel(neighbour);
      expect((await world.ended(neighbour)).status?.phase).to.equal('Cancelled');
      const pod = world.pods.get(running!.assignedPod!);
      expect(pod?.status?.containerStatuses?.map(({ restartCount }) => restartCount)).to.deep.equal([0, 0]);
      const { status: next } = await world.ended(await world.submit(sh('echo well')));
      expect(next).to.include({ phase: 'Succeeded' });
    });
  }

  it('tells by krt runtime describe what each Run may use', async () => {
    const { stdout } = await world.krt(['runtime', 'describe', 'bash']);
    expect(stdout).to.match(/^Each Run: +at most 512 processes, memory 384Mi, disk 10Gi$/m);
  });
});
