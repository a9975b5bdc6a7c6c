import { expect } from 'chai';
import { phaseOf } from '../../../crds/v1alpha1/index.ts';
import { survivorsOf, uniqueSleep } from '../harness/survivors.ts';
import { sh, useWorld } from '../harness/world.ts';

describe('cancel', () => {
  const world = useWorld('cancel');

  it('ends a Run that waits for a slot, which then was never on a Pod', async () => {
    await world.addRuntime('empty', { replicas: 0 });
    const name = await world.submit(sh('echo never', { runtime: 'empty' }));
    await world.cancel(name);
    const { status } = await world.ended(name);
    expect(status).to.include({ phase: 'Cancelled', reason: 'Cancelled' });
    expect(status).to.not.have.any.keys('exitCode', 'startTime', 'logRef');
    expect(status?.assignedPod ?? null).to.equal(null);
    expect(status?.completionTime).to.be.a('string');
    const logs = await world.krt(['logs', name]);
    expect([logs.code, logs.stdout]).to.deep.equal([0, '']);
  });

  it('ends a Run whose Runtime is not there', async () => {
    const name = await world.submit(sh('echo never', { runtime: 'nowhere' }));
    await world.cancel(name);
    expect((await world.ended(name)).status?.phase).to.equal('Cancelled');
  });

  it('ends a Run that was cancelled when it was made', async () => {
    const name = await world.submit(sh('echo never', { cancelRequested: true }));
    const { status } = await world.ended(name);
    expect(status?.phase).to.equal('Cancelled');
    expect(status).to.not.have.property('startTime');
  });

  it('ends one as soon as it is scheduled, started or not', async () => {
    const names = await Promise.all(Array.from({ length: 4 }, () => world.submit(sh('sleep 600'))));
    for (const name of names) await world.reaches(name, 'Scheduled');
    await Promise.all(names.map(name => world.cancel(name)));
    for (const name of names) expect((await world.ended(name)).status?.phase).to.equal('Cancelled');
  });

  it('ends a running program by SIGTERM, keeps its output and leaves no process', async () => {
    const marker = uniqueSleep();
    const script = `trap 'echo bye; exit 3' TERM; echo hello; sleep ${marker} & wait`;
    const name = await world.submit(sh(script));
    await world.reaches(name, 'Running');
    await world.cancel(name);
    const { status } = await world.ended(name);
    expect(status).to.include({ phase: 'Cancelled', reason: 'Cancelled' });
    expect(await survivorsOf(marker, world)).to.equal('');
    expect((await world.krt(['logs', name])).stdout).to.equal('hello\nbye\n');
  });

  it('kills a program that ignores SIGTERM, and everything it started', async () => {
    const marker = uniqueSleep();
    const name = await world.submit(sh(`trap '' TERM; setsid sleep ${marker} & while :; do sleep ${marker}; done`));
    await world.reaches(name, 'Running');
    await world.cancel(name);
    expect((await world.ended(name)).status?.phase).to.equal('Cancelled');
    expect(await survivorsOf(marker, world)).to.equal('');
  });

  it('comes too late for a Run that has ended', async () => {
    const name = await world.submit(sh('echo done'));
    await world.ended(name);
    await world.cancel(name);
    const after = await world.clients.runs.get(name, world.namespace);
    expect(phaseOf(after)).to.equal('Succeeded');
    expect(after.status?.completionTime).to.equal(
      world.runs.history(name).findLast(run => run.status)?.status?.completionTime,
    );
  });

  it('gives the slot back', async () => {
    await world.addRuntime('single', { replicas: 1, capacity: { resources: { runs: 1 } } });
    const holder = await world.submit(sh('sleep 600', { runtime: 'single' }));
    await world.reaches(holder, 'Running');
    const next = await world.submit(sh('echo next', { runtime: 'single' }));
    await world.cancel(holder);
    expect((await world.ended(next)).status?.phase).to.equal('Succeeded');
  });
});
