import { expect } from 'chai';
import type { Run, RunSpec, RunStatus } from '../../../crds/v1alpha1/index.ts';
import { BAD_SPECS, GOOD_SPECS } from '../../crds/bad-specs.ts';
import { refusalOf } from '../harness/api-error.ts';
import { sh, useWorld } from '../harness/world.ts';

describe('the API: what a Run may say', () => {
  const world = useWorld('rules', { bash: false });

  for (const { title, spec, field } of BAD_SPECS) {
    it(`refuses ${title} and names ${field}`, async () => {
      const { clients, namespace } = world;
      const run = { metadata: { name: 'bad', namespace }, spec: spec as RunSpec };
      const refused = await refusalOf(clients.runs.create(run));
      expect([refused.status, refused.reason]).to.deep.equal([422, 'Invalid']);
      expect(refused.message).to.match(/^Run\.kruntimes\.io "bad" is invalid: /);
      expect(refused.message).to.include(field);
      expect(refused.body.details?.causes?.map(cause => cause.field)).to.include.members([field]);
    });
  }

  it('has made none of them', async () => {
    expect((await world.clients.runs.list(world.namespace)).items).to.deep.equal([]);
  });

  for (const { title, spec } of GOOD_SPECS) {
    it(`takes ${title}`, async () => {
      const { clients, namespace } = world;
      const run = await clients.runs.create({ metadata: { name: 'good', namespace }, spec }, { dryRun: true });
      expect(run.spec).to.deep.equal(spec);
    });
  }

  describe('once it is made', () => {
    const spec = sh('echo hello', {
      runtime: 'nowhere',
      args: ['a'],
      env: { A: '1' },
      timeout: '1m',
      entrypoint: 'x',
      priority: 1,
      retryPolicy: { maxAttempts: 2 },
      resources: { requests: { runs: 1 } },
    });
    let count = 0;

    async function make(status: RunStatus): Promise<Run> {
      const { clients, namespace } = world;
      const { metadata } = await clients.runs.create({ metadata: { name: `made-${count++}`, namespace }, spec });
      return clients.runs.patch(metadata.name!, namespace, { status }, { subresource: 'status' });
    }

    for (const change of [
      { runtime: 'other' },
      { source: { inline: 'echo other' } },
      { source: null },
      { args: ['b'] },
      { args: null },
      { env: { A: '2' } },
      { env: { B: '2' } },
      { timeout: '2m' },
      { timeout: null },
      { entrypoint: 'y' },
      { priority: 2 },
      { retryPolicy: { maxAttempts: 3 } },
      { resources: { requests: { runs: 2 } } },
    ]) {
      it(`refuses to change its spec: ${JSON.stringify(change)}`, async () => {
        const { metadata } = await make({ phase: 'Succeeded' });
        const refused = await refusalOf(world.clients.runs.patch(metadata.name!, world.namespace, { spec: change }));
        expect(refused.status).to.equal(422);
        expect(refused.message).to.include('spec is immutable but for cancelRequested and ttlSecondsAfterFinished');
      });
    }

    it('takes a request to cancel, and never a withdrawal of it', async () => {
      const { clients, namespace } = world;
      const name = (await make({ phase: 'Succeeded' })).metadata.name!;
      await clients.runs.patch(name, namespace, { spec: { cancelRequested: true, ttlSecondsAfterFinished: 900 } });
      for (const cancelRequested of [false, null]) {
        const refused = await refusalOf(clients.runs.patch(name, namespace, { spec: { cancelRequested } }));
        expect(refused.status).to.equal(422);
        expect(refused.message).to.include('cancelRequested can not be taken back');
      }
    });

    for (const end of ['Succeeded', 'Failed', 'Timeout', 'Cancelled'] as const) {
      it(`refuses to change the end of one that is ${end}`, async () => {
        const { clients, namespace } = world;
        const completionTime = '2026-01-01T00:00:00.000001Z';
        const name = (await make({ phase: end, exitCode: 3, reason: 'ExitCode', completionTime })).metadata.name!;
        const changes = [
          { phase: 'Pending' },
          { phase: end === 'Failed' ? 'Succeeded' : 'Failed' },
          { phase: null },
          { exitCode: 4 },
          { exitCode: null },
          { reason: 'Signal' },
          { completionTime: null },
        ];
        for (const status of changes) {
          const refused = await refusalOf(clients.runs.patch(name, namespace, { status }, { subresource: 'status' }));
          expect(refused.status, JSON.stringify(status)).to.equal(422);
          expect(refused.message).to.include('a Run that has ended never changes');
        }
        const noted = await clients.runs.patch(
          name,
          namespace,
          { status: { message: 'x' } },
          { subresource: 'status' },
        );
        expect(noted.status).to.include({ phase: end, exitCode: 3, message: 'x' });
      });
    }

    for (const [title, status, field] of [
      ['an unknown phase', { phase: 'Sleeping' }, 'status.phase'],
      ['an unknown reason', { reason: 'Boredom' }, 'status.reason'],
      ['a message above 4,096 characters', { message: 'x'.repeat(4097) }, 'status.message'],
      ['a time that is none', { startTime: 'yesterday' }, 'status.startTime'],
      ['65 outputs', { outputs: Object.fromEntries([...Array(65).keys()].map(i => [`k${i}`, ''])) }, 'status.outputs'],
      ['an output above 8 KiB', { outputs: { k: 'x'.repeat(8193) } }, 'status.outputs.k'],
    ] as const) {
      it(`refuses ${title} in the status`, async () => {
        const { clients, namespace } = world;
        const name = (await make({ phase: 'Succeeded' })).metadata.name!;
        const write = clients.runs.patch(name, namespace, { status }, { subresource: 'status' });
        const refused = await refusalOf(write);
        expect(refused.status).to.equal(422);
        expect(refused.message).to.include(field);
      });
    }
  });
});

describe('the API: what a Runtime may say', () => {
  const world = useWorld('runtime-rules', { bash: false });
  const container = { name: 'runtime', image: 'example.invalid/none:1' };
  const withSpec = (spec: object) => ({ template: { spec: { containers: [container], ...spec } } });

  for (const [title, spec, message] of [
    ['no template', {}, 'spec.template: Required value'],
    ['no container', withSpec({ containers: [] }), 'spec.template.spec.containers'],
    [
      'another first container',
      withSpec({ containers: [{ name: 'main' }] }),
      'the first container must be named runtime',
    ],
    ["krt's own container", withSpec({ containers: [container, { name: 'runtimed' }] }), "runtimed is krt's own"],
    ["krt's own volumes", withSpec({ volumes: [{ name: 'krt-x', emptyDir: {} }] }), "krt- are krt's own"],
    ['Pods that end', withSpec({ restartPolicy: 'Never' }), 'restartPolicy must be Always'],
    ['negative replicas', { ...withSpec({}), replicas: -1 }, 'spec.replicas'],
    ['no slot', { ...withSpec({}), capacity: { resources: { runs: 0 } } }, 'runs must be from 1 to 1000'],
    [
      'two stores',
      { ...withSpec({}), artifactStore: { s3: { bucket: 'abc' }, filesystem: { volumeClaimName: 'x' } } },
      'exactly one of filesystem and s3 is required',
    ],
    ['an isolation that is none', { ...withSpec({}), isolation: 'Vm' }, 'spec.isolation'],
    [
      'several slots on a Pod for one Run',
      { ...withSpec({}), isolation: 'PodPerRun', capacity: { resources: { runs: 2 } } },
      'with isolation PodPerRun, a Pod has one slot',
    ],
    ['memory that is no quantity', { ...withSpec({}), limits: { memory: '1 GB' } }, 'spec.limits.memory'],
    ['no process at all', { ...withSpec({}), limits: { processes: 0 } }, 'spec.limits.processes'],
    ['a store without a place', { ...withSpec({}), artifactStore: {} }, 'exactly one of filesystem and s3 is required'],
  ] as const) {
    it(`refuses ${title}`, async () => {
      const { clients, namespace } = world;
      const runtime = { metadata: { name: 'bad', namespace }, spec };
      const refused = await refusalOf(clients.runtimes.create(runtime as never));
      expect(refused.status).to.equal(422);
      expect(refused.message).to.include(message);
    });
  }

  it('takes the tiers of isolation, with the capacity that each may have', async () => {
    const { clients, namespace } = world;
    const metadata = { name: 'good', namespace };
    const make = (more: object) =>
      clients.runtimes.create({ metadata, spec: { ...withSpec({}), ...more } as never }, { dryRun: true });
    expect((await make({})).spec.isolation).to.equal('SharedUser');
    const limits = { memory: '64Mi', processes: 20, disk: '1Gi' };
    const specs = [
      { isolation: 'UserPerSlot', capacity: { resources: { runs: 64 } }, limits },
      { isolation: 'PodPerRun' },
      { isolation: 'PodPerRun', capacity: { resources: { gpus: 1 } } },
      { isolation: 'PodPerRun', capacity: { resources: { runs: 1 } } },
    ];
    for (const more of specs) expect((await make(more)).spec).to.deep.include(more);
  });

  it('refuses a name that is no DNS label', async () => {
    const { clients, namespace } = world;
    const runtime = { metadata: { name: 'a.b', namespace }, spec: withSpec({}) };
    expect((await refusalOf(clients.runtimes.create(runtime))).message).to.include('must be a DNS label');
  });

  it('gives 1 replica to one that names no number', async () => {
    const { clients, namespace } = world;
    const runtime = { metadata: { name: 'good', namespace }, spec: withSpec({}) };
    expect((await clients.runtimes.create(runtime, { dryRun: true })).spec.replicas).to.equal(1);
  });
});
