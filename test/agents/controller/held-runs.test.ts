import { expect } from 'chai';
import { ApiError } from '../../../crds/client/api-error.ts';
import type { Pod } from '../../../crds/client/resources.ts';
import { FINALIZER_ARTIFACTS } from '../../../crds/v1alpha1/names.ts';
import type { Container } from '../../../crds/v1alpha1/runtime.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { restrictedViolations } from '../../fakes/pod-security.ts';
import { makeWorld, quiet } from './harness.ts';

describe('startController on Runs that are deleted and have artifacts', () => {
  let world: ReturnType<typeof makeWorld>;
  beforeEach(() => {
    world = makeWorld();
  });
  afterEach(() => world.stop());

  const held = (name: string) =>
    makeRun(name)
      .meta({ finalizers: [FINALIZER_ARTIFACTS] })
      .ended();
  const isThere = (name: string) => world.clients.runs.peek(name) !== undefined;
  const events = () => world.clients.events.all().map(({ reason, message }) => [reason, message]);
  const left = async () => (await world.registry.getSingleMetric('krt_controller_artifacts_left_total')!.get()).values;

  it('leaves it to the Pods of their Runtime for five minutes, and then lets them go and tells it', async () => {
    world.clients.pods.seed(makePod('p').obj());
    world.clients.runs.seed(held('a').obj());
    await world.start();
    await world.clients.runs.delete('a', 'default');
    await world.pass(299_000);
    expect(isThere('a')).to.equal(true);
    await world.pass(2_000);
    expect(isThere('a')).to.equal(false);
    const message = 'what it has in the store may stay there, under its UID uid-a: its Pods could not delete it';
    expect(events()).to.deep.equal([['ArtifactsLeft', message]]);
    expect((await left())[0]?.value).to.equal(1);
  });

  it('lets them go after half a minute where nobody knows the store any more', async () => {
    world.clients.pods.seed(makePod('p').notReady().obj());
    world.clients.runs.seed(held('a').obj());
    await world.clients.runs.delete('a', 'default');
    await world.start();
    await world.pass(29_000);
    expect(isThere('a')).to.equal(true);
    await world.pass(2_000);
    expect(isThere('a')).to.equal(false);
    expect(events()[0]?.[1]).to.match(/Runtime bash is gone, and with it where that is$/);
  });

  it('gives a Pod that comes meanwhile its five minutes', async () => {
    world.clients.runs.seed(held('a').obj());
    await world.start();
    await world.clients.runs.delete('a', 'default');
    await world.pass(20_000);
    world.clients.pods.seed(makePod('p').obj());
    await world.pass(279_000);
    expect(isThere('a')).to.equal(true);
    await world.pass(2_000);
    expect(isThere('a')).to.equal(false);
  });

  describe('and whose Runtime has no Pod', () => {
    const store = { s3: { bucket: 'b', endpoint: 'http://s3', credentialsSecretName: 'keys' } };
    const stored = (name: string) => held(name).status({ artifactStore: store });
    const cleaners = () => world.clients.pods.all().filter(({ metadata }) => /^krt-cleaner-/.test(metadata.name!));
    const answer = async (phase: string) => {
      for (const { metadata } of cleaners()) {
        await world.clients.pods.patch(metadata.name!, 'default', { status: { phase } }, { subresource: 'status' });
      }
      await quiet();
    };
    async function leave(...names: string[]): Promise<void> {
      for (const name of names) world.clients.runs.seed(stored(name).obj());
      await world.start();
      for (const name of names) await world.clients.runs.delete(name, 'default');
    }

    it('has one cleaner delete them, a Pod without a token that goes with the Runs', async () => {
      await leave('a', 'b');
      await world.pass(4_000);
      expect(cleaners()).to.deep.equal([]);
      await world.pass(2_000);
      const [{ metadata, spec }, ...more] = cleaners() as [Pod];
      expect(more).to.deep.equal([]);
      expect(metadata.ownerReferences?.map(({ kind, name, uid }) => [kind, name, uid])).to.have.deep.members([
        ['Run', 'a', 'uid-a'],
        ['Run', 'b', 'uid-b'],
      ]);
      expect(spec).to.include({ restartPolicy: 'Never', automountServiceAccountToken: false });
      const [{ args, env }] = spec.containers as [Container];
      expect(args).to.deep.equal(['remove', 'uid-a', 'uid-b']);
      const secret = { secretKeyRef: { name: 'keys', key: 'AWS_ACCESS_KEY_ID' } };
      expect(env).to.deep.include({ name: 'AWS_ACCESS_KEY_ID', valueFrom: secret });
      expect(restrictedViolations(spec)).to.deep.equal([]);
      expect(isThere('a') && isThere('b')).to.equal(true);
      await answer('Succeeded');
      expect(isThere('a') || isThere('b')).to.equal(false);
      expect([events(), (await left())[0]?.value ?? 0]).to.deep.equal([[], 0]);
    });

    it('mounts the claim, where the Runtime says, as whom it says', async () => {
      const artifactStore = { filesystem: { volumeClaimName: 'results' } };
      const template = { nodeSelector: { disk: 'ssd' }, imagePullSecrets: [{ name: 'pull' }] };
      world.clients.runtimes.seed(makeRuntime().spec({ replicas: 0, artifactStore }).podSpec(template).obj());
      world.clients.runs.seed(held('a').obj());
      await world.start();
      await world.clients.runs.delete('a', 'default');
      await world.pass(6_000);
      const [{ spec }] = cleaners() as [Pod];
      expect(spec).to.deep.include({ ...template });
      expect(spec.volumes).to.deep.equal([{ name: 'krt-artifacts', persistentVolumeClaim: { claimName: 'results' } }]);
      expect(spec.containers[0]?.volumeMounts).to.deep.equal([{ name: 'krt-artifacts', mountPath: '/krt/artifacts' }]);
    });

    it('has one too where the Pods have another store by now', async () => {
      const artifactStore = { filesystem: { volumeClaimName: 'new' } };
      world.clients.runtimes.seed(makeRuntime().spec({ artifactStore }).obj());
      world.clients.pods.seed(makePod('p').obj());
      await leave('a');
      await world.pass(6_000);
      expect(cleaners()).to.have.length(1);
    });

    it('lets them go, and tells it, where the cleaner fails', async () => {
      await leave('a');
      await world.pass(6_000);
      await answer('Failed');
      await world.pass(60_000);
      expect(isThere('a')).to.equal(false);
      expect(events()[0]?.[1]).to.match(/Runtime bash has no ready Pod, and a cleaner failed$/);
    });

    it('lets them go, and tells it, where a cleaner never comes up', async () => {
      await leave('a');
      await world.pass(299_000);
      expect(isThere('a')).to.equal(true);
      await world.pass(2_000);
      expect(isThere('a')).to.equal(false);
      expect(events()[0]?.[1]).to.match(/no Pod could delete it$/);
    });

    it('lets them go, and tells why, where there can be no cleaner', async () => {
      world.clients.pods.before = ({ verb }) => {
        if (verb === 'create') throw new ApiError(403, { reason: 'Forbidden', message: 'the namespace goes' });
      };
      await leave('a');
      await world.pass(29_000);
      expect(isThere('a')).to.equal(true);
      await world.pass(2_000);
      expect(isThere('a')).to.equal(false);
      expect(events()[0]?.[1]).to.match(/there can be no cleaner: the namespace goes$/);
    });
  });

  it('leaves alone what others hold, what is not deleted, and what the Pods did in time', async () => {
    world.clients.pods.seed(makePod('p').obj());
    world.clients.runs.seed(held('kept').obj());
    world.clients.runs.seed(
      makeRun('theirs')
        .meta({ finalizers: ['example.com/mine'] })
        .ended()
        .obj(),
    );
    world.clients.runs.seed(held('done').obj());
    await world.start();
    for (const name of ['theirs', 'done']) await world.clients.runs.delete(name, 'default');
    await world.clients.runs.patch('done', 'default', { metadata: { finalizers: null } });
    const before = world.writes();
    await world.pass(400_000);
    expect(['kept', 'theirs', 'done'].map(isThere)).to.deep.equal([true, true, false]);
    expect(world.writes()).to.equal(before);
  });

  it('lets go also in a namespace that is being deleted, where no Event can be written', async () => {
    const terminating = new ApiError(403, { reason: 'Forbidden', message: 'namespace default is being terminated' });
    world.clients.runs.seed(held('a').obj());
    await world.start();
    await world.clients.runs.delete('a', 'default');
    world.clients.events.failNext('create', terminating);
    await world.pass(61_000);
    expect(isThere('a')).to.equal(false);
    expect((await left())[0]?.value).to.equal(1);
  });
});
