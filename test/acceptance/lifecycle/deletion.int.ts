import { expect } from 'chai';
import type { Pod } from '../../../crds/client/index.ts';
import { FINALIZER_ARTIFACTS } from '../../../crds/v1alpha1/names.ts';
import { dropVolume, makeClaim } from '../harness/claim.ts';
import { sh, useWorld } from '../harness/world.ts';

const LEAVE = sh('echo said; echo body >"$KRUNTIME_ARTIFACTS_DIR/a"');

describe('a Run that is deleted', () => {
  const world = useWorld('run-deletion', { bash: false });
  before(async function () {
    this.timeout(120_000);
    await makeClaim(world, 'results');
    await world.addRuntime('bash', {
      replicas: 1,
      capacity: { resources: { runs: 8 } },
      artifactStore: { filesystem: { volumeClaimName: 'results' } },
    });
  });
  after(() => dropVolume(world, 'results'));

  const isGone = (name: string, deadlineMs?: number) =>
    world.runs.until(`the end of Run ${name}`, () => !world.runs.get(name), deadlineMs);
  async function readable(name: string): Promise<() => Promise<unknown>> {
    const { status } = await world.ended(name);
    const pod = world.pods.get(status!.assignedPod!)!;
    const [ref] = status!.artifactRefs!;
    return () =>
      world.clients
        .podArtifact(pod, { location: ref!.location, start: 0, signal: AbortSignal.timeout(10_000) })
        .then(Array.fromAsync<unknown>, error => error);
  }

  it('takes what it has in the store along, and kubectl delete waits for that', async () => {
    const name = await world.submit(LEAVE);
    const read = await readable(name);
    expect(world.runs.get(name)?.metadata.finalizers).to.deep.equal([FINALIZER_ARTIFACTS]);
    expect(await read()).to.be.an('array');
    const end = await world.kubectl(['delete', 'run', name]);
    expect(end.code, end.stderr).to.equal(0);
    expect(await read()).to.include({ status: 404 });
  });

  it('goes at once where it has nothing there', async () => {
    const name = await world.submit(sh('true'));
    expect((await world.ended(name)).metadata.finalizers).to.equal(undefined);
    await world.clients.runs.delete(name, world.namespace);
    await isGone(name);
  });

  it('goes so with its time-to-live too', async () => {
    const name = await world.submit({ ...LEAVE, ttlSecondsAfterFinished: 1 });
    const read = await readable(name);
    await isGone(name);
    expect(await read()).to.include({ status: 404 });
  });

  describe('whose Runtime has no Pod', () => {
    /** Its Run's folder in the store, as a Pod of another Runtime with the same claim sees it. */
    async function leaveOn(runtime: string): Promise<{ name: string; read: () => Promise<unknown> }> {
      const artifactStore = { filesystem: { volumeClaimName: 'results' } };
      await world.addRuntime(runtime, { replicas: 1, artifactStore });
      const name = await world.submit({ ...LEAVE, runtime });
      const { status } = await world.ended(name);
      const witness = world.pods.all().find(({ metadata }) => metadata.labels?.['kruntimes.io/runtime'] === 'bash')!;
      const { location } = status!.artifactRefs![0]!;
      const read = () =>
        world.clients
          .podArtifact(witness, { location, start: 0, signal: AbortSignal.timeout(10_000) })
          .then(Array.fromAsync<unknown>, error => error);
      expect(await read()).to.be.an('array');
      return { name, read };
    }

    it('takes them along where that is scaled to 0', async () => {
      const { name, read } = await leaveOn('scaled');
      await world.clients.runtimes.patch('scaled', world.namespace, { spec: { replicas: 0 } });
      await world.ready('scaled', 0);
      await world.clients.runs.delete(name, world.namespace);
      await isGone(name, 60_000);
      expect(await read()).to.include({ status: 404 });
    }).timeout(90_000);

    it('takes them along where that is gone', async () => {
      const { name, read } = await leaveOn('gone');
      await world.clients.runtimes.delete('gone', world.namespace);
      const isOf = (pod: Pod) => pod.metadata.labels?.['kruntimes.io/runtime'] === 'gone';
      await world.pods.until('the end of its Pods', () => !world.pods.all().some(isOf), 60_000);
      await world.clients.runs.delete(name, world.namespace);
      await isGone(name, 60_000);
      expect(await read()).to.include({ status: 404 });
    }).timeout(150_000);
  });

  it('is cancelled where it goes on and an attempt before has left something', async () => {
    const script = 'echo said; [ $KRUNTIME_ATTEMPT = 1 ] || sleep 600; exit 1';
    const name = await world.submit(sh(script, { retryPolicy: { maxAttempts: 2, backoff: '100ms' } }));
    await world.runs.until('the second attempt', () => {
      const { phase, attempt } = world.runs.get(name)?.status ?? {};
      return phase === 'Running' && attempt === 2;
    });
    await world.clients.runs.delete(name, world.namespace);
    await isGone(name);
    expect(world.runs.history(name).at(-1)?.status).to.include({ phase: 'Cancelled' });
  });

  // a suite of its own, so that it comes last
  describe('with its namespace', () => {
    it('does not hold it up', async function () {
      this.timeout(150_000);
      const names = await Promise.all([world.submit(LEAVE), world.submit(LEAVE)]);
      await Promise.all(names.map(name => world.ended(name)));
      await world.clients.namespaces.delete(world.namespace);
      // the Pods and their rights go at the same time: where they are first, the controller has the last word
      for (const name of names) await isGone(name, 120_000);
    });
  });
});
