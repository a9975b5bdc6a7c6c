import { expect } from 'chai';
import type { Run } from '../../../crds/v1alpha1/index.ts';
import { sh, useWorld } from '../../acceptance/harness/world.ts';
import { useInstallation } from '../harness/installation.ts';
import { withoutUser } from '../harness/no-user.ts';

describe('the admission policy, against a runtimed’s stolen token', () => {
  // one Run a Pod, so that two Runs are on two Pods
  useInstallation();
  const world = useWorld('policy', { bash: { replicas: 2, capacity: { resources: { runs: 1 } } } });
  let stolen = '';
  let ofThief: Run;
  let ofOther: Run;
  let waiting: Run;

  before(async function () {
    this.timeout(120_000);
    const names = [await world.submit(sh('sleep 600')), await world.submit(sh('sleep 600'))];
    [ofThief, ofOther] = (await Promise.all(names.map(name => world.reaches(name, 'Running')))) as [Run, Run];
    waiting = world.runs.get(await world.submit(sh('true'))) ?? ({} as Run);
    waiting = await world.runs.until('a Run that waits', () =>
      world.runs.all().find(({ status }) => status?.phase === 'Pending'),
    );
    const pod = ofThief.status!.assignedPod!;
    expect(pod).to.not.equal(ofOther.status!.assignedPod);
    const path = '/var/run/secrets/kubernetes.io/serviceaccount/token';
    stolen = (await world.kubectl(['exec', pod, '-c', 'runtimed', '--', 'cat', path])).stdout.trim();
    expect(stolen).to.match(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  /** Tries a merge patch of a Run's status, without storing it; gives kubectl's stderr, empty where it may. */
  async function tryPatch(run: Run, status: object, as: string[] = ['--token', stolen]): Promise<string> {
    const { namespace } = world;
    const { stderr, code } = await world.kubectl(
      [
        'patch',
        'run',
        run.metadata.name!,
        '-n',
        namespace,
        '--subresource=status',
        '--type=merge',
        '--dry-run=server',
      ].concat(['-p', JSON.stringify({ status }), ...as]),
      { env: { ...world.env, KUBECONFIG: as[0] === '--token' ? await withoutUser(world) : world.kubeconfig } },
    );
    expect(code === 0).to.equal(stderr === '');
    return stderr;
  }
  const asAccount = (namespace: string, name: string) => ['--as', `system:serviceaccount:${namespace}:${name}`];

  it('lets runtimed tell how the Runs of its own Pod end', async () => {
    expect(await tryPatch(ofThief, { phase: 'Failed', reason: 'ExitCode', exitCode: 1 })).to.equal('');
  });

  it('lets it give a Run of its own Pod back', async () => {
    const back = { phase: 'Pending', assignedPod: null, assignedPodUID: null };
    expect(await tryPatch(ofThief, back)).to.equal('');
  });

  it('keeps it from the Runs of another Pod', async () => {
    const told = await tryPatch(ofOther, { phase: 'Succeeded', reason: 'Completed', exitCode: 0 });
    expect(told).to.match(/forbidden/i);
    expect(told).to.include(`Pod ${ofThief.status!.assignedPod} does not execute this Run`);
  });

  it('keeps it from Runs that wait, so that it can’t take them', async () => {
    const { assignedPod, assignedPodUID } = ofThief.status!;
    expect(await tryPatch(waiting, { phase: 'Scheduled', assignedPod, assignedPodUID })).to.match(/does not execute/);
  });

  it('keeps it from handing its Run to another Pod', async () => {
    const { assignedPod, assignedPodUID } = ofOther.status!;
    expect(await tryPatch(ofThief, { assignedPod, assignedPodUID })).to.match(/forbidden/i);
  });

  it('takes no token of the same ServiceAccount that is bound to no Pod', async () => {
    const account = asAccount(world.namespace, 'krt-runtime-bash');
    expect(await tryPatch(ofThief, { message: 'x' }, account)).to.match(/bound to no Pod/);
  });

  it('leaves the agents and administrators their way', async () => {
    for (const as of [[], asAccount('krt-system', 'krt-controller'), asAccount('krt-system', 'krt-scheduler')]) {
      expect(await tryPatch(waiting, { message: 'x' }, as)).to.equal('');
    }
  });
});
