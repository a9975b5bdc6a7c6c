import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../agents/lib/clock.ts';
import { ApiError } from '../../crds/client/index.ts';
import { isTerminal, phaseOf } from '../../crds/v1alpha1/index.ts';
import { processesWith } from '../acceptance/harness/processes.ts';
import type { TestPod } from './rig/pod.ts';
import { becomes } from './rig/ports.ts';
import { rssOf } from './rig/process-numbers.ts';
import { makeChance, SEED } from './rig/seed.ts';
import { tally } from './rig/tally.ts';
import { CASE_TIMEOUT_MS, IS_LONG, IS_SHORT, useWorld } from './rig/use-world.ts';

describe('programs and people that do not play along', function () {
  this.timeout(CASE_TIMEOUT_MS);
  const world = useWorld(4);
  /** Seconds for `sleep` that mark it among all processes, whatever it does to its environment. */
  const marker = `86400.${process.pid}`;
  let pod: TestPod;
  before(async () => {
    // on a machine with much memory V8 lets garbage lie that it would not leave in a Pod with a limit
    pod = await world.addPod({ name: 'pod-a', nodeArgs: ['--max-old-space-size=128'] });
  });

  it('11. a cancel meets the end of the program: one of the two, never both', async () => {
    const chance = makeChance(SEED);
    const rounds = IS_LONG ? 250 : 40;
    const phases = new Set<string>();
    for (let i = 0; i < rounds; i++) {
      const runs = await Promise.all(Array.from({ length: 4 }, () => world.submit('exit 0')));
      await Promise.all(
        runs.map(async run => {
          await systemClock.sleep(chance.below(40));
          tally.fault('cancel that races the end');
          await world.cancel(run);
          const { status } = await world.ended(run);
          phases.add(status!.phase!);
          expect(status!.phase).to.be.oneOf(['Succeeded', 'Cancelled']);
          if (status!.phase === 'Succeeded') expect(status).to.include({ reason: 'Completed', exitCode: 0 });
        }),
      );
    }
    await world.judge();
    expect([...phases].sort()).to.deep.equal(['Cancelled', 'Succeeded']);
  });

  it('12. somebody writes the status of a Run that has ended: refused, whatever it says', async () => {
    const run = await world.ended(await world.submit('exit 3'));
    for (const phase of ['Pending', 'Running', 'Succeeded', 'Cancelled']) {
      tally.fault('status of an ended Run patched');
      const patch = { status: { phase, reason: 'Completed', exitCode: 0 } };
      const answer = await world.clients.runs
        .patch(run.metadata.name!, world.namespace, patch, { subresource: 'status' })
        .catch((error: unknown) => error);
      expect(answer).to.be.instanceOf(ApiError).with.property('status', 422);
    }
    expect(phaseOf(world.history.get(run.metadata.name!)!)).to.equal('Failed');
    await world.judge();
  });

  const mib = IS_LONG ? 2048 : 200;
  const floods: [string, string][] = [
    ['lines', `yes 0123456789 | head -c ${mib}M`],
    ['one line without end', `yes 0123456789 | tr -d '\\n' | head -c ${mib}M`],
    ['NULs', `head -c ${mib}M /dev/zero`],
  ];
  for (const [what, flood] of floods) {
    it(`19. a program floods its output with ${what}: it ends, its neighbours are served, memory stays flat`, async function () {
      if (IS_SHORT) this.skip();
      tally.fault('flood of output');
      const agents = [pod.runtimed, pod.executor];
      const before = agents.map(({ pid }) => rssOf(pid));
      const run = await world.submit(`${flood}; echo end >&2`);
      await world.started(run);
      let served = 0;
      let most = 0;
      while (!isTerminal(world.history.get(run.metadata.name!) ?? run)) {
        await world.ended(await world.submit('exit 0'), 10_000);
        served += 1;
        most = Math.max(most, ...agents.map(({ pid }, i) => rssOf(pid) - before[i]!));
      }
      expect((await world.ended(run)).status).to.include({ phase: 'Succeeded', exitCode: 0 });
      expect(served).to.be.greaterThan(0);
      expect(most / 1024 / 1024, 'MiB more than before').to.be.below(192);
      await world.judge();
    });
  }

  const daemons: [string, string][] = [
    ['in a session of its own, with stdout open', `setsid sleep ${marker} & exit 0`],
    ['by a double fork, with everything closed', `( ( setsid sleep ${marker} <&- >&- 2>&- 9>&- & ) & ); exit 0`],
    ['with nohup, an empty environment and another directory', `cd /; nohup env -i setsid sleep ${marker} & exit 0`],
    ['out of a pipeline that nobody waits for', `(sleep ${marker} | sleep ${marker}) & disown; exit 0`],
  ];
  for (const [how, script] of daemons) {
    it(`20. a program leaves a daemon behind ${how}: the Run ends with its main process, and so does all else`, async () => {
      tally.fault('daemon left behind');
      const run = await world.submit(script);
      expect((await world.ended(run, 10_000)).status).to.include({ phase: 'Succeeded', exitCode: 0 });
      await becomes('the daemon is gone', () => processesWith(marker).length === 0, 5000);
      await world.judge();
    });
  }

  it('20. a program leaves a chain behind of which each member forks and ends at once: that ends too', async () => {
    tally.fault('daemon left behind');
    const trail = join(world.dir, 'trail');
    // not without end: what gets away must not stay
    const chain = `walk() { [ "$1" -lt 5000 ] || exit; echo >>${trail}; walk $(($1 + 1)) & exit; }; walk 0 & sleep 0.2`;
    expect((await world.ended(await world.submit(chain), 10_000)).status).to.include({ phase: 'Succeeded' });
    const atEnd = statSync(trail).size;
    await systemClock.sleep(200);
    expect(statSync(trail).size).to.equal(atEnd);
    expect(atEnd).to.be.within(2, 4999);
    await world.judge();
  });

  it('21. a program forks itself again and again: the others go on, and its end takes all of it along', async () => {
    tally.fault('fork storm');
    // 128 processes, not without bound: this machine has no Pod around it that would hold a bomb
    const storm = `f() { [ "$1" -gt 0 ] || exec sleep ${marker}; f $(($1 - 1)) & f $(($1 - 1)) & wait; }; f 6`;
    const run = await world.submit(storm);
    await becomes('the storm is at its height', () => processesWith(marker).length >= 64);
    expect((await world.ended(await world.submit('exit 0'))).status?.phase).to.equal('Succeeded');
    await world.cancel(run);
    expect((await world.ended(run)).status).to.include({ phase: 'Cancelled' });
    await becomes('the storm is over', () => processesWith(marker).length === 0, 5000);
    await world.judge();
  });

  const stubborn: [string, string][] = [
    ['ignores SIGTERM', `trap '' TERM; while :; do sleep ${marker}; done`],
    ['has stopped itself', `kill -STOP $$; sleep ${marker}`],
    ['has children that ignore SIGTERM', `(trap '' TERM; while :; do sleep ${marker}; done) & wait`],
  ];
  for (const [how, script] of stubborn) {
    it(`22. a program ${how}: it is killed after the grace, and the Run is Cancelled`, async () => {
      tally.fault('program that does not end');
      const run = await world.submit(script);
      await world.started(run);
      await world.cancel(run);
      expect((await world.ended(run, 10_000)).status).to.include({ phase: 'Cancelled', reason: 'Cancelled' });
      // no process of a Run outlives its terminal phase
      expect(processesWith(marker)).to.deep.equal([]);
      await world.judge();
    });
  }
});
