// Keeps a whole krt busy at a steady pace, with a trickle of faults, and fails where an agent holds more and more, or
// a promise is broken: `npm run soak` takes 30 minutes for 20,000 Runs, `npm run soak -- --minutes 3` a tenth of both.
import { parseArgs } from 'node:util';
import { systemClock } from '../../agents/lib/clock.ts';
import { NODE_FLAGS } from '../../agents/lib/node-flags.ts';
import type { AgentProcess } from '../faults/rig/agent-process.ts';
import type { Action, ProxyRequest } from '../faults/rig/api-proxy.ts';
import { descriptorsOf, rssOf, timersOf } from '../faults/rig/process-numbers.ts';
import { makeChance, SEED } from '../faults/rig/seed.ts';
import { tally } from '../faults/rig/tally.ts';
import { World } from '../faults/rig/world.ts';
import { coursesOf, type Sample } from './flat.ts';

const RUNS_PER_MINUTE = 20_000 / 30;
/** Runs are begun in groups, so many milliseconds apart. */
const GROUP_MS = 500;
const SAMPLE_MS = 2000;
const JUDGE_MS = 30_000;
/** What a machine that has other work too may need for what has gathered meanwhile. */
const BOUND_MS = 120_000;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const minutes = Number(values.minutes);
const chance = makeChance(SEED);
// little memory for V8 to be lazy with: what grows then is kept by somebody
const world = new World(8, { nodeArgs: [...NODE_FLAGS, '--max-old-space-size=96'] });

try {
  await world.start();
  const pods = [await world.addPod({ name: 'pod-a' }), await world.addPod({ name: 'pod-b' })];
  const agents: { agent: AgentProcess; healthPort?: number; samples: Sample[] }[] = [
    { ...world.controller, samples: [] },
    { ...world.scheduler, samples: [] },
    ...pods.flatMap(({ runtimed, executor, healthPort }) => [
      { agent: runtimed, healthPort, samples: [] },
      { agent: executor, samples: [] },
    ]),
  ];
  const sample = async () => {
    for (const { agent, healthPort, samples } of agents) {
      const timers = healthPort === undefined ? undefined : await timersOf(healthPort);
      samples.push({ rssBytes: rssOf(agent.pid), descriptors: descriptorsOf(agent.pid), timers });
    }
  };

  const begun = performance.now();
  const end = begun + minutes * 60_000;
  let [sampled, judged] = [begun, begun];
  for (let now = begun; now < end; now = performance.now()) {
    world.rule = trickle;
    const due = Math.floor(((now - begun) / 60_000) * RUNS_PER_MINUTE) - tally.runs;
    await Promise.all(Array.from({ length: Math.max(0, due) }, submitOne));
    if (now - sampled >= SAMPLE_MS) {
      sampled = now;
      await sample();
    }
    if (now - judged >= JUDGE_MS) {
      judged = now;
      world.rule = undefined;
      await world.judge({ boundMs: BOUND_MS });
    }
    await systemClock.sleep(Math.max(0, now + GROUP_MS - performance.now()));
  }
  world.rule = undefined;
  await world.judge({ boundMs: BOUND_MS });

  const rows = agents.flatMap(({ agent, samples }) =>
    coursesOf(samples).map(course => ({ agent: agent.options.name, restarts: agent.starts - 1, ...course })),
  );
  print('agent           what           early      late       max  per hour');
  for (const { agent, quantity, early, late, max, isFlat } of rows) {
    // from the middle of the second quarter to that of the last it is half of the whole time
    const slope = ((late - early) / minutes) * 120;
    const numbers = [early, late, max, slope].map(value => told(quantity, value).padStart(10)).join('');
    print(`${agent.padEnd(14)}${quantity.padEnd(13)}${numbers}${isFlat ? '' : '   RISES'}`);
  }
  print(`\nminutes ${minutes}\n${tally}`);
  if (rows.some(({ isFlat, restarts }) => !isFlat || restarts > 0)) process.exitCode = 1;
} catch (error) {
  print(`${error instanceof Error ? error.stack : error}\n${tally}`);
  process.exitCode = 1;
} finally {
  await world.end(process.exitCode === 1);
}

/** What a day has in store: short programs, talkative ones, failures, retries, cancels. */
async function submitOne(): Promise<void> {
  const kind = chance.below(20);
  const gone = { ttlSecondsAfterFinished: 5 };
  if (kind === 0) await world.submit('exit 3', gone);
  else if (kind === 1) await world.submit('for i in {1..2000}; do echo "line $i"; done', gone);
  else if (kind === 2)
    await world.submit('[ "$KRUNTIME_ATTEMPT" -ge 2 ]', {
      ...gone,
      retryPolicy: { maxAttempts: 2, backoff: '100ms' },
    });
  else if (kind === 3) await world.submit('sleep 600', { ...gone, timeout: '1s' });
  else if (kind === 4) await world.cancel(await world.submit('sleep 600 & wait', gone));
  else await world.submit('exit 0', gone);
}

/** One request in fifty goes wrong. */
function trickle({ isWatch, isWrite }: ProxyRequest): Action | undefined {
  if (chance.next() >= 0.02) return undefined;
  if (isWatch) return { do: 'cut', bytes: chance.below(20_000) };
  if (isWrite)
    return chance.pick<Action>([{ do: 'lose' }, { do: 'drop' }, { do: 'answer', status: 500, reason: 'Injected' }]);
  return { do: 'delay', ms: chance.below(200) };
}

function told(quantity: string, value: number): string {
  return quantity === 'rssBytes' ? `${(value / 1024 / 1024).toFixed(1)} MiB` : String(Math.round(value));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
