import { expect } from 'chai';
import { pino } from 'pino';
import { startWorkloads } from '../../../../agents/local/workloads/start-workloads.ts';
import { TEMPLATE_HASH, templateHash } from '../../../../agents/local/workloads/template.ts';
import { ApiError } from '../../../../crds/client/api-error.ts';
import type { Deployment, Pod } from '../../../../crds/client/resources.ts';
import { makeFakeClients } from '../../../fakes/clients.ts';
import { FakeClock, settle } from '../../../fakes/clock.ts';
import { makeDeployment, makeSet } from './objects.ts';

/** An API server in memory, the workload controllers on it, and a node whose Pods are ready when a test says so. */
function makeWorld() {
  const clock = new FakeClock();
  const clients = makeFakeClients(() => clock.now());
  const { deployments, replicaSets, pods } = clients;
  const stop = new AbortController();
  const log = pino({ level: 'silent' });

  const world = {
    ...{ clock, deployments, replicaSets, pods },
    start: async () => {
      await startWorkloads({ clients, clock, log, signal: stop.signal });
      await quiet();
    },
    stop: () => {
      stop.abort();
      expect(clock.sleeping, 'timers that are left').to.equal(0);
    },
    /** Time for what failed to be tried again. */
    pass: async (ms = 1000) => {
      await clock.advance(ms);
      await quiet();
    },
    apply: async (spec: Partial<Deployment['spec']>, image?: string) => {
      const deployment = makeDeployment(spec, image);
      if (deployments.peek('web')) await deployments.patch('web', 'default', { spec: deployment.spec });
      else await deployments.create(deployment);
      await quiet();
    },
    /** All Pods of that image are ready, or are not. */
    setReady: async (image = 'new', ready = true) => {
      for (const pod of world.podsOf(image)) {
        const status: Pod['status'] = { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] };
        await pods.patch(pod.metadata.name!, 'default', { status }, { subresource: 'status' });
      }
      await quiet();
    },
    podsOf: (image = 'new') => pods.all().filter(({ spec }) => spec.containers[0]!.image === image),
    /** The sizes of the ReplicaSets of `old` and `new` Pods. */
    sizes: () =>
      ['old', 'new'].map(image => {
        const found = replicaSets.all().find(({ spec }) => spec.template.spec.containers[0]!.image === image);
        return found?.spec.replicas;
      }),
    status: () => deployments.peek('web')?.status,
    condition: (type: string) => {
      const found = world.status()?.conditions?.find(condition => condition.type === type);
      return found && `${found.status}/${found.reason}`;
    },
    writes: () => deployments.writes + replicaSets.writes + pods.writes,
  };
  return world;
}

async function quiet(): Promise<void> {
  for (let i = 0; i < 40; i++) await settle();
}

describe('startWorkloads', () => {
  let world: ReturnType<typeof makeWorld>;
  beforeEach(async () => {
    world = makeWorld();
    await world.start();
  });
  afterEach(() => world.stop());

  it('makes of a Deployment a ReplicaSet, and of that Pods, each owned by the one before', async () => {
    await world.apply({ replicas: 2 });
    const [set] = world.replicaSets.all();
    expect(set?.metadata.ownerReferences?.[0]).to.deep.include({ kind: 'Deployment', name: 'web', controller: true });
    const pods = world.podsOf();
    expect(pods).to.have.length(2);
    for (const { metadata, spec } of pods) {
      expect(metadata.name).to.match(new RegExp(`^${set!.metadata.name}-`));
      expect(metadata.labels).to.deep.equal({
        app: 'web',
        [TEMPLATE_HASH]: templateHash(makeDeployment().spec.template),
      });
      expect(metadata.ownerReferences?.[0]).to.deep.include({ kind: 'ReplicaSet', uid: set!.metadata.uid });
      expect(spec).to.deep.equal(makeDeployment().spec.template.spec);
    }
    expect(world.status()).to.deep.include({ replicas: 2, updatedReplicas: 2, unavailableReplicas: 2 });
    expect(world.condition('Available')).to.equal('False/MinimumReplicasUnavailable');

    await world.setReady();
    expect(world.status()).to.deep.include({ readyReplicas: 2, availableReplicas: 2, observedGeneration: 1 });
    expect(world.status()).to.not.have.property('unavailableReplicas');
    expect(world.condition('Progressing')).to.equal('True/NewReplicaSetAvailable');
  });

  it('writes nothing once all is as it should be', async () => {
    await world.apply({ replicas: 2 });
    await world.setReady();
    const before = world.writes();
    await world.pass(3_600_000);
    expect(world.writes()).to.equal(before);
    world.stop();
    const again = makeWorld();
    for (const deployment of world.deployments.all()) again.deployments.seed(deployment);
    for (const set of world.replicaSets.all()) again.replicaSets.seed(set);
    for (const pod of world.pods.all()) again.pods.seed(pod);
    await again.start();
    expect(again.writes(), 'writes of a second start').to.equal(0);
    again.stop();
  });

  it('scales up and down, and replaces Pods that end or are deleted', async () => {
    await world.apply({ replicas: 3 });
    await world.setReady();
    await world.apply({ replicas: 1 });
    expect(world.podsOf()).to.have.length(1);
    const [first] = world.podsOf();
    world.pods.remove(first!.metadata.name!);
    await quiet();
    const [second] = world.podsOf();
    expect(second?.metadata.uid).to.be.a('string').and.not.equal(first!.metadata.uid);
    await world.pods.patch(
      second!.metadata.name!,
      'default',
      { status: { phase: 'Failed' } },
      { subresource: 'status' },
    );
    await quiet();
    expect(world.podsOf(), 'the one that ended stays for its logs').to.have.length(2);
    await world.apply({ replicas: 0 });
    expect(world.status()).to.not.have.property('replicas');
    expect(world.podsOf().map(({ status }) => status?.phase)).to.deep.equal(['Failed']);
  });

  it('brings a new template in step by step, and never has fewer Pods ready than it may', async () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } };
    await world.apply({ replicas: 2, strategy }, 'old');
    await world.setReady('old');
    await world.apply({ replicas: 2, strategy });
    const seen = [world.sizes().join('+')];
    for (let i = 0; i < 2; i++) {
      expect(world.condition('Progressing')).to.equal('True/ReplicaSetUpdated');
      expect(world.condition('Available')).to.equal('True/MinimumReplicasAvailable');
      await world.setReady();
      seen.push(world.sizes().join('+'));
    }
    expect(seen).to.deep.equal(['2+1', '1+2', '0+2']);
    expect(world.podsOf('old')).to.deep.equal([]);
    expect(world.condition('Progressing')).to.equal('True/NewReplicaSetAvailable');
    const before = world.writes();
    await world.pass(60_000);
    expect(world.writes()).to.equal(before);
  });

  it('goes back to a template that it had, with the ReplicaSet of that time', async () => {
    await world.apply({ replicas: 1 }, 'old');
    await world.setReady('old');
    await world.apply({ replicas: 1 });
    await world.setReady();
    expect(world.sizes()).to.deep.equal([0, 1]);
    await world.apply({ replicas: 1 }, 'old');
    await world.setReady('old');
    expect(world.sizes()).to.deep.equal([1, 0]);
    expect(world.replicaSets.all()).to.have.length(2);
  });

  it('forgets empty ReplicaSets beyond the history', async () => {
    for (const image of ['a', 'b', 'c', 'new']) {
      await world.apply({ replicas: 0, revisionHistoryLimit: 2 }, image);
      await world.pass();
    }
    const images = world.replicaSets.all().map(({ spec }) => spec.template.spec.containers[0]!.image);
    expect(images).to.deep.equal(['b', 'c', 'new']);
  });

  it('tells a rollout that does not come on, at its deadline', async () => {
    await world.apply({ replicas: 1, progressDeadlineSeconds: 60 });
    await world.pass(59_000);
    expect(world.condition('Progressing')).to.equal('True/ReplicaSetUpdated');
    const before = world.writes();
    await world.pass(2_000);
    expect(world.condition('Progressing')).to.equal('False/ProgressDeadlineExceeded');
    await world.pass(600_000);
    expect(world.writes()).to.equal(before + 1);
  });

  it('leaves what is being deleted to the garbage collector', async () => {
    await world.apply({ replicas: 1 });
    const [set] = world.replicaSets.all();
    world.replicaSets.seed({ ...set!, metadata: { ...set!.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    world.deployments.seed({
      ...world.deployments.peek('web')!,
      metadata: { ...world.deployments.peek('web')!.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
    });
    await quiet();
    const before = world.writes();
    for (const { metadata } of world.podsOf()) world.pods.remove(metadata.name!);
    world.deployments.remove('web');
    await world.pass();
    expect(world.podsOf()).to.deep.equal([]);
    expect(world.writes()).to.equal(before);
  });

  describe('when things go wrong', () => {
    it('makes no Pod twice where the answer was lost', async () => {
      world.replicaSets.loseReply('create');
      world.pods.loseReply('create');
      world.pods.loseReply('create');
      await world.apply({ replicas: 3 });
      await world.pass();
      expect(world.replicaSets.all()).to.have.length(1);
      expect(world.podsOf()).to.have.length(3);
    });

    it('gets through conflicts, errors and lost answers', async () => {
      const down = new ApiError(500, { code: 500, message: 'the disk is asleep' });
      const conflict = new ApiError(409, { code: 409, reason: 'Conflict' });
      for (const client of [world.replicaSets, world.pods]) {
        client.failNext('create', down);
        client.loseReply('create');
      }
      for (const client of [world.deployments, world.replicaSets]) {
        client.failNext('patch', conflict);
        client.failNext('patch', down);
        client.loseReply('patch');
      }
      await world.apply({ replicas: 3 });
      await world.pass(10_000);
      await world.setReady();
      expect(world.status()).to.deep.include({ replicas: 3, readyReplicas: 3, updatedReplicas: 3 });
      world.pods.loseReply('delete');
      world.pods.failNext('delete', down);
      world.pods.failNext('delete', conflict);
      await world.apply({ replicas: 1 });
      await world.pass(10_000);
      expect(world.podsOf()).to.have.length(1);
      expect(world.status()).to.deep.include({ replicas: 1, readyReplicas: 1, updatedReplicas: 1 });
    });

    it('tells that Pods are refused, in the words of the server, and makes them once they are not', async () => {
      const refusal = new ApiError(403, {
        code: 403,
        reason: 'Forbidden',
        message: 'pods "web-" is forbidden: no room',
      });
      for (let i = 0; i < 4; i++) world.pods.failNext('create', refusal);
      await world.apply({ replicas: 2 });
      expect(world.condition('ReplicaFailure')).to.equal('True/FailedCreate');
      expect(world.status()?.conditions?.at(-1)?.message).to.equal('pods "web-" is forbidden: no room');
      const before = world.writes();
      await world.pass(10_000);
      await world.pass(10_000);
      expect(world.writes(), 'one try in 10 seconds').to.equal(before + 2);
      await world.pass(10_000);
      expect(world.podsOf()).to.have.length(2);
      expect(world.condition('ReplicaFailure')).to.equal(undefined);
      expect(world.replicaSets.all()[0]?.status?.conditions).to.equal(undefined);
    });

    it('takes a made up name that was taken for no refusal', async () => {
      world.pods.failNext('create', new ApiError(409, { code: 409, reason: 'AlreadyExists' }));
      await world.apply({ replicas: 1 });
      expect(world.condition('ReplicaFailure')).to.equal(undefined);
      await world.pass(100);
      expect(world.podsOf()).to.have.length(1);
    });

    it('waits for the ReplicaSet of an earlier Deployment of the name to go', async () => {
      const earlier = makeDeployment();
      earlier.metadata.uid = 'uid-earlier';
      world.replicaSets.seed(makeSet(earlier, { wanted: 0 }));
      await world.apply({ replicas: 1 });
      expect(world.podsOf()).to.deep.equal([]);
      world.replicaSets.remove(makeSet(earlier).metadata.name!);
      await world.pass();
      expect(world.podsOf()).to.have.length(1);
      expect(world.replicaSets.all()[0]?.metadata.ownerReferences?.[0]?.uid).to.equal('uid-web');
    });

    it('lets no second Pod go in the place of one whose going is not known yet', async () => {
      await world.apply({ replicas: 3 });
      await world.setReady();
      // the deletion is answered before the watch tells of older news: that another Pod is ready no more
      world.pods.log.hold();
      const [a] = world.podsOf();
      const status: Pod['status'] = { conditions: [{ type: 'Ready', status: 'False' }] };
      await world.pods.patch(a!.metadata.name!, 'default', { status }, { subresource: 'status' });
      await world.apply({ replicas: 2 });
      world.pods.log.release();
      await world.pass();
      expect(world.pods.calls.filter(({ verb }) => verb === 'delete')).to.have.length(1);
      expect(world.podsOf()).to.have.length(2);
    });
  });
});
