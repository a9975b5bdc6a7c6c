import { expect } from 'chai';
import { isTerminal } from '../../crds/v1alpha1/index.ts';
import type { AgentProcess } from './rig/agent-process.ts';
import { killAtWrite } from './rig/kill-at-write.ts';
import type { TestPod } from './rig/pod.ts';
import { expectIntended, submitScenario } from './rig/scenario.ts';
import { tally } from './rig/tally.ts';
import { CASE_TIMEOUT_MS, IS_LONG, IS_SHORT, useWorld } from './rig/use-world.ts';

/** From one point of a series of kills to the next that is tried. */
const STEP = IS_SHORT ? 3 : 1;

const POINTS = ['before', 'after'] as const;
/** See rig/journal-failpoint.ts. A killed process loses nothing that it wrote, so that the last two say the most. */
const JOURNAL_POINTS = ['before', 'torn', 'synced'] as const;

describe('kill -9 at every write', function () {
  this.timeout(CASE_TIMEOUT_MS);
  const world = useWorld(3);
  let pod: TestPod;
  before(async () => {
    pod = await world.addPod({
      name: 'pod-a',
      nodeArgs: ['--import', `${import.meta.dirname}/rig/journal-failpoint.ts`],
    });
  });

  /** Does `once` with n = 1, 2, 3 … until the n-th is not reached any more, of which there are `least` for sure. */
  async function iterate(least: number, once: (n: number) => Promise<boolean>): Promise<void> {
    let n = 1;
    while (await once(n)) n += STEP;
    expect(n, 'the first that is not reached').to.be.greaterThan(least);
  }

  for (const point of POINTS) {
    it(`1, 2, 9. runtimed, ${point} each of its writes to the API server`, async () => {
      // six ends, one of them after a retry, and the Running of the long ones
      await iterate(7, async n => {
        const failpoint = killAtWrite(n, point, () => pod.runtimed.kill(`${point} a write`));
        pod.proxy.rule = failpoint.rule;
        await expectIntended(world, await submitScenario(world));
        await world.judge();
        pod.proxy.rule = undefined;
        return failpoint.hit;
      });
    });

    it(`the scheduler, ${point} each of its writes, those of its start too`, async () => {
      // its Lease and seven binds
      await iterate(8, async n => {
        const { agent, proxy } = world.scheduler;
        const failpoint = killAtWrite(n, point, () => agent.kill(`${point} a write`));
        agent.kill();
        proxy.rule = failpoint.rule;
        await expectIntended(world, await submitScenario(world));
        await world.judge();
        proxy.rule = undefined;
        return failpoint.hit;
      });
    });

    it(`the controller, ${point} each of its writes, while Pods are lost and Runs outlive their time`, async () => {
      // its Lease, the lost Run, the deletion
      await iterate(3, async n => {
        const { agent, proxy } = world.controller;
        const failpoint = killAtWrite(n, point, () => agent.kill(`${point} a write`));
        const doomed = await world.addPod({ name: `doomed-${point}-${n}` });
        const away = { resources: { requests: { runs: 2 } } };
        const [lost, retried] = await Promise.all([
          world.submit('sleep 600', away),
          world.submit('[ "$KRUNTIME_ATTEMPT" -ge 2 ] || sleep 600', {
            ...away,
            retryPolicy: { maxAttempts: 2, backoff: '50ms' },
          }),
        ]);
        await Promise.all([lost, retried].map(run => world.started(run)));
        const ttl = await world.submit('exit 0', { ttlSecondsAfterFinished: 0 });
        agent.kill();
        proxy.rule = failpoint.rule;
        // one of the two is on either Pod, as neither has room for both
        await doomed.crash();
        await doomed.forceDelete();
        await world.removePod(doomed);
        const left = [lost, retried].find(
          run => world.history.get(run.metadata.name!)?.status?.assignedPod === 'pod-a',
        );
        if (left) await world.cancel(left);
        await world.judge();
        await world.history.until('the Run is deleted', () => !world.history.get(ttl.metadata.name!), 20_000);
        proxy.rule = undefined;
        return failpoint.hit;
      });
    });
  }

  for (const point of IS_LONG ? JOURNAL_POINTS : (['torn', 'synced'] as const)) {
    it(`1, 2. runtimed, at each write of its journal: ${point}`, async () => {
      await iterate(6, async n => {
        // the process that has the failpoint, then one that has none
        pod.runtimed.extraEnv = { KRT_FAILPOINT: `${n} ${point}` };
        const before = pod.runtimed.starts;
        pod.runtimed.kill();
        await world.restarted(pod.runtimed, before + 1);
        pod.runtimed.extraEnv = {};
        await pod.ready();
        await expectIntended(world, await submitScenario(world));
        await world.judge();
        const hit = pod.runtimed.starts > before + 1;
        if (hit) tally.fault(`kill -9 runtimed at a write of its journal`);
        return hit;
      });
    });
  }

  const victims: [string, () => AgentProcess, readonly string[]][] = [
    ['1, 2. runtimed', () => pod.runtimed, ['Execute', 'Attach', 'Cancel', 'Forget']],
    ['3. the executor', () => pod.executor, ['Execute', 'Attach', 'Cancel', 'Forget']],
  ];
  for (const [who, victim, calls] of victims) {
    for (const call of calls) {
      for (const point of POINTS) {
        it(`${who}, ${point} each ${call}`, async () => {
          await iterate(1, async n => {
            let seen = 0;
            pod.calls.onCall = (name, at) => {
              if (name !== call || at !== point || ++seen !== n) return;
              victim().kill(`${point} ${call}`);
            };
            const runs = await submitScenario(world);
            if (victim() === pod.runtimed) await expectIntended(world, runs);
            await world.judge();
            pod.calls.onCall = undefined;
            await pod.ready();
            for (const run of runs) expect(isTerminal(world.history.get(run.metadata.name!)!)).to.equal(true);
            return seen >= n;
          });
        });
      }
    }
  }
});
