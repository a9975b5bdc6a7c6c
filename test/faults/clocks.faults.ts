import { expect } from 'chai';
import { systemClock } from '../../agents/lib/clock.ts';
import { phaseOf, type Run } from '../../crds/v1alpha1/index.ts';
import { processesWith } from '../acceptance/harness/processes.ts';
import type { AgentProcess } from './rig/agent-process.ts';
import type { TestPod } from './rig/pod.ts';
import { becomes } from './rig/ports.ts';
import { expectIntended, submitScenario } from './rig/scenario.ts';
import { CASE_TIMEOUT_MS, useWorld } from './rig/use-world.ts';

const HOUR_MS = 3_600_000;
const DIRECTIONS = { forwards: HOUR_MS, backwards: -HOUR_MS } as const;

describe('clocks that are set', function () {
  this.timeout(CASE_TIMEOUT_MS);
  const world = useWorld(8, { canSetClocks: true });
  let pod: TestPod;
  before(async () => {
    pod = await world.addPod({ name: 'pod-a' });
  });
  const agents: [string, () => AgentProcess][] = [
    ['the API server', () => world.api],
    ['the controller', () => world.controller.agent],
    ['the scheduler', () => world.scheduler.agent],
    ['runtimed', () => pod.runtimed],
    ['the Runtime Server', () => pod.executor],
  ];
  const programsOf = (run: Run) => processesWith(`KRUNTIME_RUN_UID=${run.metadata.uid}`);
  afterEach(() => {
    for (const [, agent] of agents) agent().setClock(0);
  });

  for (const [who, agent] of agents) {
    for (const [where, ms] of Object.entries(DIRECTIONS)) {
      it(`${who}: an hour ${where}, while Runs wait and run: all take their time, and nobody is given up`, async () => {
        const starts = agents.map(([, each]) => each().starts);
        const [waiting, patient, slow] = await Promise.all([
          world.submit('[ "$KRUNTIME_ATTEMPT" -ge 2 ]', { retryPolicy: { maxAttempts: 2, backoff: '2s' } }),
          world.submit('read -rt 2.5 _ <> <(:); exit 0', { timeout: '30m' }),
          world.submit('sleep 600', { timeout: '2s' }),
        ]);
        await Promise.all([waiting, patient, slow].map(run => world.started(run)));
        await world.sees(waiting, 'waits for its second attempt', run => phaseOf(run) === 'Pending');
        const begun = performance.now();
        agent().setClock(ms);
        await expectIntended(world, await submitScenario(world));
        expect((await world.ended(slow, 5000)).status).to.include({ phase: 'Timeout' });
        expect((await world.ended(waiting, 5000)).status).to.include({ phase: 'Succeeded', attempt: 2 });
        expect((await world.ended(patient, 5000)).status).to.include({ phase: 'Succeeded', attempt: 1 });
        // a Lease is renewed every two seconds: it would be lost by now
        await systemClock.sleep(Math.max(0, begun + 2500 - performance.now()));
        expect(agents.map(([, each]) => each().starts)).to.deep.equal(starts);
        await world.judge();
      });
    }
  }

  it('runtimed, before it is killed: an attempt that is adopted still ends, and by its timeout', async () => {
    const run = await world.submit('sleep 600', { timeout: '2s' });
    await world.started(run);
    pod.runtimed.setClock(-HOUR_MS);
    pod.runtimed.kill('with a clock that is late');
    expect((await world.ended(run, 10_000)).status).to.include({ phase: 'Timeout', attempt: 1 });
    await world.judge();
    await pod.ready();
  });

  it('runtimed of a Pod with a fence: silence of the API server ends what runs, and nothing else does', async () => {
    const island = await world.addPod({ name: 'island', fenceAfterSeconds: 3 });
    const requests = { runs: 8 };
    const filler = await world.submit('sleep 600 & wait', { resources: { requests } });
    const run = await world.submit('sleep 600 & wait', { resources: { requests } });
    await Promise.all([filler, run].map(each => world.started(each)));
    const [onIsland, other] = [run, filler].toSorted(each =>
      world.history.get(each.metadata.name!)?.status?.assignedPod === 'island' ? -1 : 1,
    ) as [Run, Run];
    island.runtimed.setClock(HOUR_MS);
    await systemClock.sleep(1500);
    expect(programsOf(onIsland)).to.not.have.lengthOf(0);
    island.proxy.partition();
    island.runtimed.setClock(-HOUR_MS);
    await becomes('the program is ended', () => programsOf(onIsland).length === 0, 10_000);
    island.proxy.heal();
    expect((await world.ended(onIsland)).status).to.include({ phase: 'Failed', reason: 'PodLost' });
    await world.cancel(other);
    await world.judge();
    await world.removePod(island);
  });

  it('the controller, as a Pod becomes not ready: what runs there has the time that it always has', async () => {
    const run = await world.submit('read -rt 2 _ <> <(:); exit 0');
    await world.started(run);
    world.controller.agent.setClock(HOUR_MS);
    const tell = (status: 'True' | 'False') => {
      const condition = { type: 'Ready', status, lastTransitionTime: new Date().toISOString() };
      return world.clients.pods.patch(
        pod.name,
        world.namespace,
        { status: { conditions: [condition] } },
        { subresource: 'status' },
      );
    };
    await tell('False');
    expect((await world.ended(run)).status).to.include({ phase: 'Succeeded', attempt: 1 });
    await tell('True');
    await world.judge();
  });
});
