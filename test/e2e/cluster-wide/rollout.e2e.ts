import { expect } from 'chai';
import { sh, useWorld } from '../../acceptance/harness/world.ts';
import { useInstallation } from '../harness/installation.ts';

describe('a rolling update of a Runtime', () => {
  useInstallation();
  const world = useWorld('rollout', { bash: { replicas: 2, capacity: { resources: { runs: 4 } } } });
  const restart = (runtime: string) => world.kubectl(['rollout', 'restart', `deployment/krt-runtime-${runtime}`]);
  const rolledOut = async (runtime: string) => {
    const { code, stderr } = await world.kubectl(['rollout', 'status', `deployment/krt-runtime-${runtime}`]);
    expect(code, stderr).to.equal(0);
  };

  it('loses no Run and starts none twice, under load', async function () {
    this.timeout(180_000);
    const script = 'echo "$KRUNTIME_RUN_UID $KRUNTIME_ATTEMPT"; read -r -t 0.3 _ <> <(:) || true';
    const submit = () => world.submit(sh(script));
    const names = await Promise.all(Array.from({ length: 20 }, submit));
    await restart('bash');
    for (let i = 0; i < 12; i++) names.push(...(await Promise.all(Array.from({ length: 10 }, submit))));
    const ended = await Promise.all(names.map(world.ended));
    await rolledOut('bash');
    const lost = ended.filter(({ status }) => status?.phase !== 'Succeeded' || status.attempt !== 1);
    expect(lost.map(({ metadata, status }) => ({ name: metadata.name, ...status }))).to.deep.equal([]);
  });

  it('waits for a program as long as the Runtime says', async function () {
    this.timeout(180_000);
    const { spec } = (await world.clients.runtimes.get('bash', world.namespace)) ?? {};
    const template = { ...spec.template, spec: { ...spec.template.spec, terminationGracePeriodSeconds: 120 } };
    await world.addRuntime('patient', { ...spec, replicas: 1, template });
    const name = await world.submit({ runtime: 'patient', source: { inline: 'sleep 40; echo done' } });
    await world.reaches(name, 'Running');
    await restart('patient');
    const { status } = await world.ended(name);
    expect(status).to.include({ phase: 'Succeeded', attempt: 1 });
  });

  it('tells of a program that takes longer that its Pod was drained', async function () {
    this.timeout(180_000);
    const name = await world.submit(sh('trap "" TERM; sleep 300'));
    await world.reaches(name, 'Running');
    await restart('bash');
    const { status } = await world.ended(name);
    expect(status).to.include({ phase: 'Failed', reason: 'Draining', attempt: 1 });
  });
});
