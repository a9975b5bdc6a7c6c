/** One of the things measured: does it, and tells how many milliseconds that took where it knows better than its caller. */
export type Act = (round: number) => Promise<unknown>;

/**
 * Milliseconds that each of `acts` takes in each of `rounds`. All are done in every round, one after another, so that
 * whatever else the machine does meets them alike; `warmUp` rounds before the first do not count.
 */
export async function inTurn<K extends string>(
  acts: Readonly<Record<K, Act>>,
  { rounds, warmUp }: { readonly rounds: number; readonly warmUp: number },
): Promise<Record<K, number[]>> {
  const names = Object.keys(acts) as K[];
  const samples = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      const start = performance.now();
      const told = await acts[name](round + warmUp);
      const taken = performance.now() - start;
      if (round >= 0) samples[name].push(typeof told === 'number' ? told : taken);
    }
  }
  return samples;
}
