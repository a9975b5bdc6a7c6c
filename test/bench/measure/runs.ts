import { echoRun } from '../echo-run.ts';
import type { Stage } from '../stage.ts';
import { mean } from '../statistics.ts';
import { type Burst, burst } from './burst.ts';
import { inTurn } from './in-turn.ts';

/** What Runs took beside bare writes on the same server. */
export interface RunFigures {
  /** Milliseconds of each, one after another. */
  readonly sequence: { readonly run: readonly number[]; readonly bare: readonly number[] };
  readonly burst: { readonly run: Burst; readonly bare: Burst };
  /** Writes of a Run that ran alone. */
  readonly writes: number;
}

/** 100 Runs one after another, then 300 with 50 creates in flight; the same of bare writes. */
export async function measureRuns({ clients, namespace, runs, bare }: Stage): Promise<RunFigures> {
  const create = (name: string) => clients.runs.create(echoRun(name, namespace));
  const size = { rounds: 100, warmUp: 20 };
  const sequence = await inTurn(
    {
      async run(round) {
        const start = performance.now();
        await create(`one-${round}`);
        return (await runs.ended(`one-${round}`)) - start;
      },
      bare: round => bare.write(`one-${round}`),
    },
    size,
  );
  const writes = mean(Array.from({ length: size.rounds }, (_, i) => runs.versions(`one-${size.warmUp + i}`)));
  const many = { count: 300, width: 50 };
  const bareBurst = await burst({ submit: i => bare.write(`many-${i}`), ended: async () => performance.now() }, many);
  const runBurst = await burst(
    { submit: async i => void (await create(`many-${i}`)), ended: i => runs.ended(`many-${i}`) },
    many,
  );
  return { sequence, burst: { run: runBurst, bare: bareBurst }, writes };
}
