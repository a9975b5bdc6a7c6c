import { expect } from 'chai';
import { listAll } from '../../crds/client/index.ts';
import type { Run } from '../../crds/v1alpha1/index.ts';
import { rssOf } from './rig/process-numbers.ts';
import { tally } from './rig/tally.ts';
import { CASE_TIMEOUT_MS, IS_LONG, useWorld } from './rig/use-world.ts';

/** Creates under way at once. */
const IN_FLIGHT = 20;

describe('many Runs at once', function () {
  this.timeout(CASE_TIMEOUT_MS);
  const world = useWorld(4);
  before(() => world.addPod({ name: 'pod-a' }));

  async function submitAll(count: number): Promise<Run[]> {
    const runs: Run[] = [];
    while (runs.length < count) {
      const size = Math.min(IN_FLIGHT, count - runs.length);
      runs.push(...(await Promise.all(Array.from({ length: size }, () => world.submit('exit 0')))));
    }
    return runs;
  }

  it('18. wait for 4 slots: in their order, with few writes each, in bounded memory', async () => {
    const runs = await submitAll(IS_LONG ? 5000 : 300);
    // a Run that waits for nothing else is served in less time than this
    await Promise.all(runs.map(run => world.ended(run, runs.length * 100)));
    const counts = Map.groupBy(world.history.versions, ({ metadata }) => metadata.uid!);
    const most = Math.max(...[...counts.values()].map(versions => versions.length));
    expect(most, 'versions of one Run').to.be.at.most(5);

    const created = runs.toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion));
    const scheduledAt = (run: Run) => world.history.get(run.metadata.name!)!.status!.scheduledTime!;
    const served = created.toSorted((a, b) => (scheduledAt(a) < scheduledAt(b) ? -1 : 1));
    const places = new Map(created.map((run, i) => [run, i]));
    const overtaken = Math.max(...served.map((run, i) => Math.abs(i - places.get(run)!)));
    expect(overtaken, 'places that a Run was served too early or late').to.be.at.most(2 * IN_FLIGHT);

    const events = await listAll(world.clients.events, world.namespace);
    const aboutRuns = events.items.filter(({ involvedObject }) => involvedObject?.kind === 'Run');
    expect(aboutRuns.length).to.be.at.most(5 * runs.length);
    for (const agent of [world.scheduler.agent, world.controller.agent]) {
      expect(rssOf(agent.pid), agent.options.name).to.be.below(256 * 1024 * 1024);
    }
    await world.judge();
  });

  it('5. are given out by two schedulers that do not know of each other: no Pod ever runs more than it has slots', async () => {
    tally.fault('second scheduler');
    await world.clients.namespaces.create({ metadata: { name: 'elsewhere' } });
    const second = await world.startLeader('scheduler', 'elsewhere');
    const runs = await submitAll(IS_LONG ? 1000 : 150);
    await Promise.all(runs.map(run => world.ended(run, runs.length * 200)));
    await world.judge({ assignsPrecisely: false });
    await second.agent.end();
  });
});
