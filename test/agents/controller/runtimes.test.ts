import { expect } from 'chai';
import { ApiError } from '../../../crds/client/api-error.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { makeWorld, quiet } from './harness.ts';

describe('startController on Runtimes', () => {
  let world: ReturnType<typeof makeWorld>;
  beforeEach(() => {
    world = makeWorld();
  });
  afterEach(() => world.stop());

  it('makes what a Runtime needs, owned by it, with one write each and one for the status', async () => {
    await world.start();
    world.clients.runtimes.seed(makeRuntime().obj());
    await quiet();
    const { clients } = world;
    const { deployments, serviceAccounts, roles, roleBindings, networkPolicies } = clients;
    const made = [deployments, serviceAccounts, roles, roleBindings, networkPolicies].map(client => {
      const object = client.peek('krt-runtime-bash');
      expect(object?.metadata.ownerReferences?.[0]).to.deep.include({ kind: 'Runtime', uid: 'uid-bash' });
      return client.kind;
    });
    expect(made).to.deep.equal(['Deployment', 'ServiceAccount', 'Role', 'RoleBinding', 'NetworkPolicy']);
    expect(world.writes()).to.equal(6);
  });

  it('writes nothing when nothing has changed, whatever the server fills in', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    await world.start();
    const before = world.writes();
    const live = world.deployment()!;
    live.spec['progressDeadlineSeconds'] = 600;
    live.spec.template.spec['dnsPolicy'] = 'ClusterFirst';
    live.metadata.annotations!['deployment.kubernetes.io/revision'] = '1';
    world.clients.deployments.seed({ ...live, metadata: { ...live.metadata, generation: 1 } });
    world.clients.pods.seed(makePod('p').notReady().obj());
    await world.pass(60_000);
    expect(world.clients.deployments.writes).to.equal(
      1 + world.clients.deployments.calls.filter(c => c.verb === 'replace').length,
    );
    const after = world.writes();
    await world.pass(600_000);
    expect(world.writes()).to.equal(after);
    expect(after - before).to.be.at.most(2);
  });

  it('takes one write at most after a restart, and none when started on what it knows', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    await world.start();
    world.stop();
    const { metadata } = world.deployment()!;
    const next = makeWorld();
    const kinds = ['runtimes', 'serviceAccounts', 'roles', 'roleBindings', 'networkPolicies', 'deployments'] as const;
    for (const kind of kinds) {
      for (const object of world.clients[kind].all()) next.clients[kind].seed(object as never);
    }
    await next.start();
    expect(next.writes()).to.be.at.most(1);
    expect(next.deployment()?.metadata.generation).to.equal(metadata.generation);
    next.stop();
  });

  it('follows a new spec, and puts right what another hand has changed', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    await world.start();
    await world.clients.runtimes.patch('bash', 'default', { spec: { replicas: 0 } });
    await quiet();
    expect(world.deployment()?.spec.replicas).to.equal(0);
    await world.clients.deployments.patch('krt-runtime-bash', 'default', { spec: { replicas: 7 } });
    await world.clients.roles.patch('krt-runtime-bash', 'default', { rules: [] });
    world.clients.serviceAccounts.remove('krt-runtime-bash');
    await quiet();
    expect(world.deployment()?.spec.replicas).to.equal(0);
    expect(world.clients.roles.peek('krt-runtime-bash')?.rules).to.have.length(3);
    expect(world.clients.serviceAccounts.peek('krt-runtime-bash')).not.to.equal(undefined);
  });

  it('leaves a rollout restart alone', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    await world.start();
    const annotations = { 'kubectl.kubernetes.io/restartedAt': 'now' };
    await world.clients.deployments.patch('krt-runtime-bash', 'default', {
      spec: { template: { metadata: { annotations } } },
    });
    await quiet();
    const { template } = world.deployment()!.spec;
    expect(template.metadata?.annotations).to.include(annotations).and.to.have.property('kruntimes.io/capacity');
  });

  it('uses the ServiceAccount that the user names, and takes its own away', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    await world.start();
    const template = makeRuntime().podSpec({ serviceAccountName: 'mine' }).obj().spec.template;
    await world.clients.runtimes.patch('bash', 'default', { spec: { template } });
    await quiet();
    expect(world.clients.serviceAccounts.all()).to.deep.equal([]);
    expect(world.clients.roleBindings.peek('krt-runtime-bash')?.subjects[0]?.name).to.equal('mine');
    expect(world.deployment()?.spec.template.spec.serviceAccountName).to.equal('mine');
  });

  it('tells in the words of the API server that a template is refused, and heals with the next one', async () => {
    const message =
      'Deployment.apps "krt-runtime-bash" is invalid: spec.template.spec.containers[0].image: Required value';
    world.clients.deployments.before = ({ verb }) => {
      if (verb === 'create') throw new ApiError(422, { reason: 'Invalid', code: 422, message });
    };
    world.clients.runtimes.seed(makeRuntime().obj());
    await world.start();
    expect(world.condition('Degraded')).to.equal('True/Invalid');
    const degraded = world.clients.runtimes.peek('bash')?.status?.conditions?.find(({ type }) => type === 'Degraded');
    expect(degraded?.message).to.equal(message);
    expect(world.clients.events.all().map(({ reason, count }) => [reason, count])).to.deep.equal([['Invalid', 1]]);
    world.clients.deployments.before = undefined;
    await world.clients.runtimes.patch('bash', 'default', { spec: { replicas: 1 } });
    await quiet();
    expect(world.condition('Degraded')).to.equal('False/AsExpected');
  });

  it('touches nothing of its names that belongs to others, and says so', async () => {
    const taken = { metadata: { name: 'krt-runtime-bash', namespace: 'default' }, rules: [] };
    world.clients.roles.seed(taken);
    world.clients.runtimes.seed(makeRuntime().obj());
    await world.start();
    expect(world.condition('Degraded')).to.equal('True/NameTaken');
    expect(world.clients.roles.peek('krt-runtime-bash')?.rules).to.deep.equal([]);
  });

  it('gets through conflicts, errors and lost answers', async () => {
    await world.start();
    world.clients.serviceAccounts.loseReply('create');
    world.clients.roles.failNext('create', new ApiError(503, { code: 503 }));
    world.clients.deployments.loseReply('create');
    world.clients.runtimes.failNext('patch', new ApiError(409, { reason: 'Conflict', code: 409 }));
    world.clients.runtimes.seed(makeRuntime().obj());
    await world.pass(5000);
    expect(world.condition('Available')).to.equal('False/NoReadyPod');
    expect(world.clients.deployments.all()).to.have.length(1);
    expect(world.clients.roleBindings.all()).to.have.length(1);
  });

  it('follows its Runtimes through closed watches and 410', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    await world.start();
    const gone = new ApiError(410, { code: 410 });
    for (const kind of ['runtimes', 'deployments', 'pods', 'runs'] as const) world.clients[kind].log.close(gone);
    await world.clients.runtimes.patch('bash', 'default', { spec: { replicas: 5 } });
    world.clients.runtimes.seed(makeRuntime('python').obj());
    await world.pass(2000);
    expect(world.deployment()?.spec.replicas).to.equal(5);
    expect(world.deployment('python')).not.to.equal(undefined);
  });

  it('tells replicas, ready Pods, slots and a selector for the scale subresource', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    await world.start();
    await world.deployed({ observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 1 });
    world.clients.pods.seed(makePod('p').obj());
    world.clients.pods.seed(makePod('q').notReady().obj());
    await quiet();
    expect(world.clients.runtimes.peek('bash')?.status).to.deep.include({
      replicas: 2,
      readyReplicas: 1,
      selector: 'kruntimes.io/runtime=bash',
      slots: { total: 4, used: 0 },
      observedGeneration: 1,
    });
    expect(world.condition('Available')).to.equal('True/PodsReady');
    expect(world.condition('Progressing')).to.equal('True/RollingOut');
    world.clients.pods.seed(makePod('q').obj());
    await quiet();
    expect(world.condition('Progressing')).to.equal('False/Complete');
  });

  it('tells used slots at most every five seconds, and nothing for Runs that come and go between', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    world.clients.pods.seed(makePod('p').obj());
    await world.start();
    const before = world.clients.runtimes.writes;
    for (let i = 0; i < 20; i++) {
      world.clients.runs.seed(makeRun(`r${i}`).scheduled('p').obj());
      await quiet();
      if (i > 0) world.clients.runs.seed(makeRun(`r${i}`).ended().obj());
      await world.pass(200);
    }
    expect(world.clients.runtimes.writes).to.equal(before);
    await world.pass(1100);
    expect(world.clients.runtimes.peek('bash')?.status?.slots?.used).to.equal(1);
    expect(world.clients.runtimes.writes).to.equal(before + 1);
    await world.pass(60_000);
    expect(world.clients.runtimes.writes).to.equal(before + 1);
    world.clients.runs.seed(makeRun('r0').ended().obj());
    await world.pass(5100);
    expect(world.clients.runtimes.peek('bash')?.status?.slots?.used).to.equal(0);
  });

  it('leaves no timer behind when it is stopped', async () => {
    world.clients.runtimes.seed(makeRuntime().obj());
    world.clients.runs.seed(makeRun('a').ended().spec({ ttlSecondsAfterFinished: 99 }).obj());
    await world.start();
    world.stop();
    await quiet();
    expect(world.clock.sleeping).to.equal(0);
  });
});
