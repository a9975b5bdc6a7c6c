import { type Clients, listAll } from '../../../crds/client/index.ts';
import { HEALTH_PORT } from '../../../crds/v1alpha1/names.ts';
import { type AgentSample, readAgent } from '../agent-metrics.ts';
import { echoRun } from '../echo-run.ts';
import { ready, type Stage } from '../stage.ts';
import { burst } from './burst.ts';

/** What a long queue asked of the agents. */
export interface QueueFigures {
  /** Milliseconds of the scheduler's CPU for each bind, near the queue's front and near its end. */
  readonly cpuPerBind: { readonly first: number; readonly last: number };
  /** The most memory that an agent was seen with, by the agent's name. */
  readonly peakRss: Readonly<Record<string, number>>;
}

const COUNT = 5_000;
/** Binds between two looks at the agents. */
const STEP = 1_000;
const SYSTEM = 'krt-system';
const PORTS: Readonly<Record<string, number>> = { controller: 19093, scheduler: 19094, runtimed: HEALTH_PORT };

/** 5,000 Runs queued on 8 slots that do not exist yet, then do. */
export async function measureQueue({ clients, namespace, runtime, runs }: Stage): Promise<QueueFigures> {
  const { runtimes } = clients;
  const name = 'narrow';
  const spec = { ...runtime.spec, replicas: 0, capacity: { resources: { runs: 8 } } };
  await runtimes.create({ metadata: { name, namespace }, spec });
  const create = async (i: number) => void (await clients.runs.create(echoRun(`queue-${i}`, namespace, name)));
  await burst({ submit: create, ended: async () => performance.now() }, { count: COUNT, width: 50 });
  await runtimes.patch(name, namespace, { spec: { replicas: 1 } });
  await ready(runtimes, namespace, name, 1);

  const looks = [await lookAt(clients, namespace)];
  for (let i = STEP; i <= COUNT; i += STEP) {
    await runs.ended(`queue-${i - 1}`);
    looks.push(await lookAt(clients, namespace));
  }
  const cpuPerBind = { first: cpuBetween(looks[0]!, looks[1]!), last: cpuBetween(looks.at(-2)!, looks.at(-1)!) };
  return { cpuPerBind, peakRss: peaks(looks) };
}

type Look = Readonly<Record<string, readonly AgentSample[]>>;

async function lookAt({ pods, transport }: Clients, namespace: string): Promise<Look> {
  const look = async (agent: string, where: string, labelSelector: string) => {
    const { items } = await listAll(pods, where, { labelSelector });
    const port = PORTS[agent]!;
    const samples = items.map(({ metadata }) => readAgent(transport, { namespace: where, name: metadata.name!, port }));
    return [agent, await Promise.all(samples)] as const;
  };
  const system = (agent: string) =>
    look(agent, SYSTEM, `app.kubernetes.io/name=krt,app.kubernetes.io/component=${agent}`);
  return Object.fromEntries(
    await Promise.all([
      system('controller'),
      system('scheduler'),
      look('runtimed', namespace, 'kruntimes.io/runtime=narrow'),
    ]),
  );
}

/** Of all schedulers: those that do not lead bind nothing, and use next to nothing. */
function cpuBetween(before: Look, after: Look): number {
  const sum = (look: Look, of: (sample: AgentSample) => number) =>
    look['scheduler']!.reduce((total, sample) => total + of(sample), 0);
  const cpu = sum(after, ({ cpuSeconds }) => cpuSeconds) - sum(before, ({ cpuSeconds }) => cpuSeconds);
  return (cpu * 1000) / (sum(after, ({ binds }) => binds) - sum(before, ({ binds }) => binds));
}

function peaks(looks: readonly Look[]): Record<string, number> {
  const all = (agent: string) => looks.flatMap(look => look[agent] ?? []).map(({ rssBytes }) => rssBytes);
  return Object.fromEntries(Object.keys(PORTS).map(agent => [agent, Math.max(...all(agent)) / 1e6]));
}
