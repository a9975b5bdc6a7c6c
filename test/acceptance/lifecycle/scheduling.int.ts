import { expect } from 'chai';
import { pathOf, RESOURCES } from '../../../crds/client/index.ts';
import type { Run } from '../../../crds/v1alpha1/index.ts';
import { findCondition } from '../../../crds/v1alpha1/index.ts';
import { refusalOf } from '../harness/api-error.ts';
import { survivorsOf, uniqueSleep } from '../harness/survivors.ts';
import { sh, useWorld } from '../harness/world.ts';

describe('slots and Runtimes', () => {
  const world = useWorld('scheduling', { bash: { replicas: 1, capacity: { resources: { runs: 2 } } } });

  const onScale = (runtime: string, replicas: number) =>
    world.clients.transport.json({
      method: 'PATCH',
      path: pathOf(RESOURCES.runtimes, world.namespace, runtime, 'scale'),
      body: { spec: { replicas } },
      contentType: 'application/merge-patch+json',
    });

  /** Resolves once the Run waits, and tells why. */
  const waitsFor = (name: string, reason: string) =>
    world.runs.until(`Scheduled=False/${reason} of Run ${name}`, () => {
      const condition = findCondition(world.runs.get(name)?.status?.conditions, 'Scheduled');
      return condition?.status === 'False' && condition.reason === reason && condition;
    });

  it('never puts more Runs on a Pod than it has slots', async () => {
    const names = await Promise.all(Array.from({ length: 12 }, () => world.submit(sh('echo $$'))));
    const runs = await Promise.all(names.map(name => world.ended(name)));
    const changes = runs.flatMap(({ status }) => [
      { at: status!.scheduledTime!, by: 1 },
      { at: status!.completionTime!, by: -1 },
    ]);
    changes.sort((a, b) => a.at.localeCompare(b.at) || a.by - b.by);
    let held = 0;
    for (const { by } of changes) {
      held += by;
      expect(held).to.be.at.most(2);
    }
    expect(new Set(runs.map(run => run.status?.phase))).to.deep.equal(new Set(['Succeeded']));
  });

  it('queues by priority, and first come first served within one', async () => {
    await world.addRuntime('queue', { replicas: 1, capacity: { resources: { runs: 1 } } });
    const holder = await world.submit(sh('sleep 600', { runtime: 'queue' }));
    await world.reaches(holder, 'Scheduled');
    const order: [name: string, priority?: number][] = [
      ['d-low', -5],
      ['c-first'],
      ['b-high', 7],
      ['a-second', 0],
      ['e-highest', 1000],
    ];
    for (const [name, priority] of order) {
      await world.submit(sh('true', { runtime: 'queue', ...(priority !== undefined && { priority }) }), name);
    }
    // Runs are watched in the order of their creation: once a later one has its Pod, the scheduler knows them all
    await world.ended(await world.submit(sh('true')));
    await world.cancel(holder);
    const ended = await Promise.all(order.map(([name]) => world.ended(name)));
    ended.sort((a, b) => a.status!.scheduledTime!.localeCompare(b.status!.scheduledTime!));
    const names = ended.map(run => run.metadata.name);
    expect(names.slice(0, 2)).to.deep.equal(['e-highest', 'b-high']);
    expect(names.at(-1)).to.equal('d-low');
    const createdAt = (name: string) => world.runs.history(name)[0]!.metadata.creationTimestamp!;
    // created within one second they are equal to the clock of the API, which counts seconds
    if (createdAt('c-first') < createdAt('a-second')) expect(names[2]).to.equal('c-first');
  });

  it('shows on the Runtime how many slots are held', async () => {
    const holder = await world.submit(sh('sleep 600'));
    await world.runtimes.until('a used slot', () => world.runtimes.get('bash')?.status?.slots?.used === 1);
    expect(world.runtimes.get('bash')?.status?.slots).to.deep.equal({ total: 2, used: 1 });
    await world.cancel(holder);
    await world.runtimes.until('no used slot', () => world.runtimes.get('bash')?.status?.slots?.used === 0);
  });

  it('gives a Run that asks for two slots both of them', async () => {
    const wide = await world.submit(sh('sleep 600', { resources: { requests: { runs: 2 } } }));
    await world.reaches(wide, 'Running');
    const next = await world.submit(sh('true'));
    await waitsFor(next, 'NoFreeSlot');
    await world.cancel(wide);
    expect((await world.ended(next)).status?.phase).to.equal('Succeeded');
  });

  it('says of a Run that no Pod can ever hold that it asks for too much', async () => {
    const name = await world.submit(sh('true', { resources: { requests: { runs: 3 } } }));
    expect((await waitsFor(name, 'RequestTooLarge')).message).to.not.equal('');
    await world.cancel(name);
  });

  it('says of a Run without its Runtime that there is none, and starts it when there is', async () => {
    const name = await world.submit(sh('echo late', { runtime: 'later' }));
    expect((await waitsFor(name, 'RuntimeNotFound')).message).to.include('later');
    await world.addRuntime('later', { replicas: 1 });
    expect((await world.ended(name)).status?.phase).to.equal('Succeeded');
  });

  it('scales a Runtime to 0 and up again; Runs wait meanwhile', async () => {
    await world.addRuntime('elastic', { replicas: 1 });
    await onScale('elastic', 0);
    await world.ready('elastic', 0);
    const name = await world.submit(sh('echo back', { runtime: 'elastic' }));
    await waitsFor(name, 'RuntimeScaledToZero');
    await onScale('elastic', 2);
    expect((await world.ended(name)).status?.phase).to.equal('Succeeded');
    await world.ready('elastic', 2);
    const available = findCondition(world.runtimes.get('elastic')?.status?.conditions, 'Available');
    expect(available?.status).to.equal('True');
  });

  it('removes the Pods of a Runtime that is deleted', async () => {
    await world.addRuntime('short-lived', { replicas: 1 });
    const ours = () => world.pods.all().filter(pod => pod.metadata.labels?.['kruntimes.io/runtime'] === 'short-lived');
    expect(ours()).to.have.lengthOf(1);
    await world.clients.runtimes.delete('short-lived', world.namespace);
    await world.pods.until('the end of its Pods', () => ours().length === 0);
  });

  it('deletes a Run when its time to live after the end is over', async () => {
    const now = await world.submit(sh('echo gone', { ttlSecondsAfterFinished: 0 }));
    const later = await world.submit(sh('echo stays', { ttlSecondsAfterFinished: 3600 }));
    await world.runs.until('its end', () => world.runs.history(now).some((run: Run) => run.status?.completionTime));
    await world.runs.until('its deletion', () => world.runs.get(now) === undefined);
    await world.ended(later);
    expect(world.runs.get(later)).to.not.equal(undefined);
  });

  it('takes a time to live that is given after the end', async () => {
    const name = await world.submit(sh('echo done'));
    await world.ended(name);
    await world.clients.runs.patch(name, world.namespace, { spec: { ttlSecondsAfterFinished: 0 } });
    await world.runs.until('its deletion', () => world.runs.get(name) === undefined);
  });

  it('kills the program of a Run that is deleted while it runs, also one that ignores SIGTERM', async () => {
    const marker = uniqueSleep();
    const name = await world.submit(sh(`trap '' TERM; while :; do sleep ${marker}; done`));
    await world.reaches(name, 'Running');
    await world.clients.runs.delete(name, world.namespace);
    await world.runs.until('its deletion', () => world.runs.get(name) === undefined);
    expect((await refusalOf(world.clients.runs.get(name, world.namespace))).status).to.equal(404);
    expect(await survivorsOf(marker, world, 'eventually')).to.equal('');
  });

  it('forgets a Run that is deleted while it waits', async () => {
    const name = await world.submit(sh('true', { runtime: 'nowhere' }));
    await world.clients.runs.delete(name, world.namespace);
    await world.runs.until('its deletion', () => world.runs.get(name) === undefined);
  });

  it('starts a Run of a name that was used before as a new one', async () => {
    await world.submit(sh('echo one; exit 1'), 'again');
    await world.ended('again');
    await world.clients.runs.delete('again', world.namespace);
    await world.runs.until('its deletion', () => world.runs.get('again') === undefined);
    await world.submit(sh('echo two'), 'again');
    expect((await world.ended('again')).status).to.include({ phase: 'Succeeded', attempt: 1 });
    expect((await world.krt(['logs', 'again'])).stdout).to.equal('two\n');
  });
});
