import { expect } from 'chai';
import { FINALIZER_ARTIFACTS } from '../../../crds/v1alpha1/index.ts';
import { dropVolume, makeClaim } from '../../acceptance/harness/claim.ts';
import { sh, useWorld } from '../../acceptance/harness/world.ts';
import { useInstallation } from '../harness/installation.ts';
import { withoutUser } from '../harness/no-user.ts';

const HELD = { metadata: { finalizers: [FINALIZER_ARTIFACTS] } };
const FREE = { metadata: { finalizers: [] } };

describe('the admission policy for krt’s finalizer, against a runtimed’s stolen token', () => {
  useInstallation();
  const world = useWorld('finalizer', { bash: { replicas: 2, capacity: { resources: { runs: 1 } } } });
  let stolen = '';
  let own = '';
  let others = '';

  before(async function () {
    this.timeout(120_000);
    await makeClaim(world, 'results');
    await world.addRuntime('kept', { replicas: 1, artifactStore: { filesystem: { volumeClaimName: 'results' } } });
    [own, others] = await Promise.all([world.submit(sh('sleep 600')), world.submit(sh('sleep 600'))]);
    for (const name of [own, others]) await world.reaches(name, 'Running');
    const pod = world.runs.get(own)!.status!.assignedPod!;
    const path = '/var/run/secrets/kubernetes.io/serviceaccount/token';
    stolen = (await world.kubectl(['exec', pod, '-c', 'runtimed', '--', 'cat', path])).stdout.trim();
  });
  after(() => dropVolume(world, 'results'));

  /** Tries a merge patch of a Run, without storing it; gives kubectl's stderr, empty where it may. */
  async function tryPatch(name: string, patch: object, as: string[] = ['--token', stolen]): Promise<string> {
    const args = ['patch', 'run', name, '-n', world.namespace, '--type=merge', '--dry-run=server'];
    const KUBECONFIG = as[0] === '--token' ? await withoutUser(world) : world.kubeconfig;
    const env = { ...world.env, KUBECONFIG };
    const { stderr, code } = await world.kubectl([...args, '-p', JSON.stringify(patch), ...as], { env });
    expect(code === 0).to.equal(stderr === '');
    return stderr;
  }
  /** A Run of `runtime` that is being deleted, which another finalizer keeps there. */
  async function leaving(runtime: string): Promise<string> {
    const finalizers = [FINALIZER_ARTIFACTS, 'example.com/mine'];
    const made = await world.clients.runs.create({
      metadata: { name: `leaving-${runtime}`, namespace: world.namespace, finalizers },
      spec: sh('true', { runtime }),
    });
    await world.clients.runs.delete(made.metadata.name!, world.namespace);
    return made.metadata.name!;
  }
  const letGo = (name: string) => world.clients.runs.patch(name, world.namespace, { metadata: { finalizers: null } });

  it('lets it hold a Run of its own Pod, and no other', async () => {
    expect(await tryPatch(own, HELD)).to.equal('');
    expect(await tryPatch(others, HELD)).to.match(/by the Pod that executes it/);
  });

  it('lets it change nothing else', async () => {
    for (const patch of [
      { spec: { cancelRequested: true } },
      { spec: { ttlSecondsAfterFinished: 1 } },
      { metadata: { labels: { a: 'b' } } },
      { metadata: { annotations: { a: 'b' } } },
      { metadata: { finalizers: ['example.com/mine'] } },
      { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b' }] } },
    ]) {
      expect(await tryPatch(own, patch), JSON.stringify(patch)).to.match(/changes nothing of a Run/);
    }
  });

  it('lets it let go a Run of its Runtime that is being deleted, and of no other', async () => {
    const mine = { metadata: { finalizers: ['example.com/mine'] } };
    const [ofOwn, ofOther] = [await leaving('bash'), await leaving('elsewhere')];
    expect(await tryPatch(ofOwn, mine)).to.equal('');
    expect(await tryPatch(ofOther, mine)).to.match(/by a Pod of its Runtime/);
    expect(await tryPatch(ofOwn, FREE)).to.match(/changes nothing of a Run/);
    for (const name of [ofOwn, ofOther]) await letGo(name);
  });

  it('keeps it from letting go a Run that stays', async () => {
    await world.clients.runs.patch(own, world.namespace, HELD);
    expect(await tryPatch(own, FREE)).to.match(/being deleted/);
    await letGo(own);
  });

  it('leaves people and the controller their way', async () => {
    const controller = ['--as', 'system:serviceaccount:krt-system:krt-controller'];
    expect(await tryPatch(own, HELD, controller)).to.equal('');
    expect(await tryPatch(own, { metadata: { labels: { a: 'b' } } }, [])).to.equal('');
  });

  it('is what a Run with artifacts is stored, and deleted, under', async () => {
    const name = await world.submit(sh('echo said; echo x >"$KRUNTIME_ARTIFACTS_DIR/a"', { runtime: 'kept' }));
    const { status, metadata } = await world.ended(name);
    expect(status?.message).to.equal(undefined);
    expect(metadata.finalizers).to.deep.equal([FINALIZER_ARTIFACTS]);
    expect((await world.kubectl(['delete', 'run', name, '--timeout=20s'])).code).to.equal(0);
  });
});
