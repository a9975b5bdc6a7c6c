import { tally } from './tally.ts';
import { World, type WorldOptions } from './world.ts';

/** The long form of the suite: the counts and times of the book, not those that one has patience for. */
export const IS_LONG = process.env['KRT_FAULTS'] === 'long';

/** The short form, for a CI: nothing that rests on chance or on long times, and of each series of kills a part. */
export const IS_SHORT = process.env['KRT_FAULTS'] === 'short';

/** What mocha allows a case of this suite. */
export const CASE_TIMEOUT_MS = IS_LONG ? 900_000 : 240_000;

/** A world for the suite that calls this, with one Pod; faults of a case end with it. */
export function useWorld(slots = 4, options: WorldOptions = {}): World {
  const world = new World(slots, options);
  before(async function () {
    this.timeout(CASE_TIMEOUT_MS);
    await world.start();
  });
  after(async function () {
    this.timeout(CASE_TIMEOUT_MS);
    const failed = this.test?.parent?.tests.some(({ state }) => state === 'failed') ?? false;
    await world.end(failed);
    // biome-ignore lint/suspicious/noConsole: where to look, for whoever has to find out why
    if (failed) console.log(`      logs: ${world.dir}`);
  });
  return world;
}

// imported while mocha loads files, outside of any suite: a hook of the root, which runs after the last suite
after(() => {
  // biome-ignore lint/suspicious/noConsole: the table is what the suite is run for
  console.log(`\n${tally}`);
});
