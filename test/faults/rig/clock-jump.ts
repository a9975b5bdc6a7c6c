// Loaded into an agent before anything else (node --import): its wall clock is wrong by as many milliseconds as the file that KRT_CLOCK_FILE names says, from the moment that it says so.
// Timers and monotonic clocks go on as they do when somebody sets the clock of a machine.
import { readFileSync } from 'node:fs';

/** Milliseconds between two looks into the file. */
const LOOK_MS = 10;

const file = process.env['KRT_CLOCK_FILE'];
const RealDate = Date;
let offset = 0;

const look = () => {
  try {
    offset = Number(readFileSync(file!, 'utf8'));
  } catch {
    // nobody has set the clock
  }
};

if (file) {
  look();
  setInterval(look, LOOK_MS).unref();
  globalThis.Date = class extends RealDate {
    constructor(...args: unknown[]) {
      super(...((args.length > 0 ? args : [RealDate.now() + offset]) as [number]));
    }

    static override now(): number {
      return RealDate.now() + offset;
    }
  } as DateConstructor;
}
