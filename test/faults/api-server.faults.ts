import { expect } from 'chai';
import { systemClock } from '../../agents/lib/clock.ts';
import type { Run } from '../../crds/v1alpha1/index.ts';
import type { Action, ProxyRequest, Rule } from './rig/api-proxy.ts';
import type { TestPod } from './rig/pod.ts';
import { becomes } from './rig/ports.ts';
import { rssOf } from './rig/process-numbers.ts';
import { submitScenario } from './rig/scenario.ts';
import { makeChance, SEED } from './rig/seed.ts';
import { tally } from './rig/tally.ts';
import { CASE_TIMEOUT_MS, IS_LONG, IS_SHORT, useWorld } from './rig/use-world.ts';

/** Requests for a whole collection: what a reflector lists. */
const isList = ({ method, isWatch, path }: ProxyRequest) =>
  method === 'GET' && !isWatch && /\/(runs|pods|runtimes|deployments)$/.test(path);

describe('an API server out of order', function () {
  this.timeout(CASE_TIMEOUT_MS);
  const world = useWorld(4);
  let pod: TestPod;
  before(async () => {
    pod = await world.addPod({ name: 'pod-a' });
    // a controller that deletes a Run has listed all that it ever lists
    const run = await world.submit('exit 0', { ttlSecondsAfterFinished: 0 });
    await world.history.until('the Run is deleted', () => world.history.deleted.has(run.metadata.uid!), 60_000);
    await world.judge();
  });
  afterEach(() => {
    world.rule = undefined;
  });

  const cutWatches = () => {
    for (const { watches } of world.proxies) {
      for (const { cut } of watches) {
        tally.fault('watch closed');
        cut();
      }
    }
  };

  it('6. closes every watch again and again: no Run is missed, one watch each, nothing is listed anew', async () => {
    let lists = 0;
    const doubled: string[] = [];
    for (const proxy of world.proxies) {
      proxy.rule = request => {
        if (isList(request)) lists += 1;
        const isOpen = request.isWatch && [...proxy.watches].some(({ selection }) => selection === request.selection);
        if (isOpen) doubled.push(`${request.agent} ${request.selection}`);
        return undefined;
      };
    }
    const chance = makeChance(SEED);
    const end = performance.now() + (IS_LONG ? 300_000 : 8_000);
    while (performance.now() < end) {
      await Promise.all(Array.from({ length: 4 }, () => world.submit('exit 0')));
      await systemClock.sleep(IS_LONG ? 1000 + chance.below(2000) : 200 + chance.below(400));
      cutWatches();
    }
    await world.judge();
    expect({ lists, doubled }).to.deep.equal({ lists: 0, doubled: [] });
  });

  it('7. answers 410 to every resumed watch: lists anew, and what was deleted meanwhile is noticed', async () => {
    const fresh = new Set<string>();
    let isGap = false;
    world.rule = request => {
      const key = `${request.agent} ${request.selection}`;
      if (isList(request)) {
        if (isGap) return { do: 'answer', status: 503, reason: 'ServiceUnavailable' };
        fresh.add(key);
      }
      if (!request.isWatch) return undefined;
      return fresh.delete(key) ? undefined : { do: 'answer', status: 410, reason: 'Expired' };
    };
    const doomed = await world.submit('sleep 600 & wait');
    await world.started(doomed);
    for (let i = 0; i < 3; i++) {
      await submitScenario(world);
      cutWatches();
    }
    isGap = true;
    cutWatches();
    await world.clients.runs.delete(doomed.metadata.name!, world.namespace);
    await systemClock.sleep(300);
    isGap = false;
    await world.judge();
  });

  it('8. falls silent with the connection open: the watchdog connects again', async function () {
    // 90 seconds of silence: the unit test of the reflector shows the same in no time
    if (!IS_LONG) this.skip();
    // after the longest back-off of a reflector all watches that the case before has cut are open
    await systemClock.sleep(10_000);
    const silent = world.proxies.map(({ watches, silence }) => ({ watches, fallen: silence() }));
    const runs = await Promise.all(Array.from({ length: 3 }, () => world.submit('exit 0')));
    const areGone = () => silent.every(({ watches, fallen }) => fallen.every(each => !watches.has(each)));
    await becomes('the silent watches are given up', areGone, 2 * 90_000);
    const areOpen = () =>
      silent.every(({ watches, fallen }) =>
        fallen.every(({ selection }) => [...watches].some(each => each.selection === selection)),
      );
    await becomes('others are open in their place', areOpen);
    await Promise.all(runs.map(run => world.ended(run)));
    await world.judge();
  });

  const everyWrite = (decide: (n: number) => Action | undefined): Rule => {
    let n = 0;
    return ({ isWrite }) => (isWrite ? decide(n++) : undefined);
  };
  const answers: [string, Rule][] = [
    ['9. loses the answer to every other write', everyWrite(n => (n % 2 === 0 ? { do: 'lose' } : undefined))],
    ['9. gets every write twice', everyWrite(() => ({ do: 'twice' }))],
    ['drops every other write', everyWrite(n => (n % 2 === 0 ? { do: 'drop' } : undefined))],
    ['is late with every write', everyWrite(n => ({ do: 'delay', ms: (n % 5) * 60 }))],
    ...[409, 429, 500, 503].map((status): [string, Rule] => [
      `answers every third write with ${status}`,
      everyWrite(n => (n % 3 === 0 ? { do: 'answer', status, reason: 'Injected' } : undefined)),
    ]),
  ];
  for (const [name, rule] of answers) {
    it(name, async () => {
      world.rule = rule;
      const runs = await submitScenario(world);
      await Promise.all(runs.map(run => world.ended(run, 60_000)));
      // no attempt was lost or added on the way
      const attempts = runs.map(run => world.history.get(run.metadata.name!)?.status?.attempt);
      expect(attempts).to.deep.equal([1, 1, 1, 2, 1, 1]);
      await world.judge();
    });
  }

  it('13. is killed under load and comes back late: what runs goes on, every status is right after', async () => {
    world.apiDownMs = IS_LONG ? 120_000 : 5_000;
    const seconds = world.apiDownMs / 2000;
    const runs: Run[] = [];
    for (let i = 0; i < 30; i++)
      runs.push(await world.submit(i < 4 ? `read -rt ${seconds} _ <> <(:); exit ${i}` : 'exit 0'));
    await Promise.all(runs.slice(0, 4).map(run => world.started(run)));
    const rss = rssOf(pod.runtimed.pid);
    const { starts } = world.api;
    world.api.kill();
    await world.restarted(world.api, starts + 1, world.apiDownMs + 20_000);
    await world.apiIsUp();
    await world.judge({ boundMs: 30_000 });
    const codes = runs.slice(0, 4).map(run => world.history.get(run.metadata.name!)?.status?.exitCode);
    expect(codes).to.deep.equal([0, 1, 2, 3]);
    expect(rssOf(pod.runtimed.pid) - rss).to.be.below(48 * 1024 * 1024);
  });

  it('does all of it at random, and kills agents besides', async function () {
    // the same seed gives the same chances, and not the same meetings
    if (IS_SHORT) this.skip();
    const chance = makeChance(SEED);
    const faults: ((request: ProxyRequest) => Action | undefined)[] = [
      () => ({ do: 'drop' }),
      ({ isWrite }) => (isWrite ? { do: 'lose' } : undefined),
      ({ isWrite }) => (isWrite ? { do: 'twice' } : undefined),
      () => ({ do: 'delay', ms: chance.below(200) }),
      ({ isWrite }) => (isWrite ? { do: 'answer', status: 409, reason: 'Conflict' } : undefined),
      () => ({ do: 'answer', status: 429, reason: 'TooManyRequests' }),
      () => ({ do: 'answer', status: 500, reason: 'InternalError' }),
      ({ isWatch }) => (isWatch ? { do: 'answer', status: 410, reason: 'Expired' } : undefined),
      ({ isWatch }) => (isWatch ? { do: 'cut', bytes: chance.below(4000) } : undefined),
    ];
    world.rule = request => (chance.next() < 0.2 ? chance.pick(faults)(request) : undefined);
    const agents = [world.scheduler.agent, world.controller.agent, pod.runtimed, pod.executor];
    const end = performance.now() + (IS_LONG ? 300_000 : 15_000);
    while (performance.now() < end) {
      await submitScenario(world);
      await systemClock.sleep(chance.below(600));
      if (chance.next() < 0.5) chance.pick(agents).kill();
      if (chance.next() < 0.3) cutWatches();
    }
    world.rule = undefined;
    await world.judge({ boundMs: 60_000 });
  });
});
