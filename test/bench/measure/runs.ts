import { type Arrows, arrowsOf, medianArrows } from '../arrows.ts';
import { echoRun } from '../echo-run.ts';
import type { Stage } from '../stage.ts';
import { mean } from '../statistics.ts';
import { type Burst, burst } from './burst.ts';
import { inTurn } from './in-turn.ts';

/** What Runs took beside bare writes on the same server. */
export interface RunFigures {
  /** Milliseconds of each, one after another. */
  readonly sequence: { readonly run: readonly number[]; readonly bare: readonly number[] };
  /** One of bare writes before each of Runs. */
  readonly bursts: readonly { readonly run: Burst; readonly bare: Burst }[];
  /** Where the milliseconds of those that ran one after another went. */
  readonly arrows: Arrows;
  /** Writes of a Run that ran alone. */
  readonly writes: number;
}

/** 100 Runs one after another, then three times 300 with 50 creates in flight; the same of bare writes. */
export async function measureRuns({ clients, namespace, runs, bare }: Stage): Promise<RunFigures> {
  const create = (name: string) => clients.runs.create(echoRun(name, namespace));
  const size = { rounds: 100, warmUp: 20 };
  const arrows: Arrows[] = [];
  const sequence = await inTurn(
    {
      async run(round) {
        const start = performance.now();
        await create(`one-${round}`);
        const end = await runs.ended(`one-${round}`);
        const seen = { sent: performance.timeOrigin + start, end: performance.timeOrigin + end };
        if (round >= size.warmUp) arrows.push(arrowsOf(runs.last(`one-${round}`)!, seen));
        return end - start;
      },
      bare: round => bare.write(`one-${round}`),
    },
    size,
  );
  const writes = mean(Array.from({ length: size.rounds }, (_, i) => runs.versions(`one-${size.warmUp + i}`)));
  const bursts: { run: Burst; bare: Burst }[] = [];
  for (let round = 0; round < BURSTS; round++) {
    const name = (i: number) => `many-${round}-${i}`;
    const now = async () => performance.now();
    const bareBurst = await burst({ submit: i => bare.write(name(i)), ended: now }, MANY);
    const submit = async (i: number) => void (await create(name(i)));
    bursts.push({ bare: bareBurst, run: await burst({ submit, ended: i => runs.ended(name(i)) }, MANY) });
  }
  return { sequence, bursts, arrows: medianArrows(arrows), writes };
}

const BURSTS = 3;
const MANY = { count: 300, width: 50 };
