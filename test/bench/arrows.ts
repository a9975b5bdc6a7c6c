import type { Run } from '../../crds/v1alpha1/index.ts';
import { median } from './statistics.ts';

/** When a client sent a Run, and when it saw the Run end; milliseconds since the epoch. */
export interface Seen {
  readonly sent: number;
  readonly end: number;
}

/** Milliseconds of the arrows of a Run, one behind the other, from the client that makes it to the client that sees its end. */
export interface Arrows {
  /** To the scheduler's decision: the create is stored, and seen by the scheduler. */
  readonly decide: number;
  /** To runtimed's start of the attempt: the bind is stored, and seen by runtimed. */
  readonly bind: number;
  /** To the end of the program: workspace, claim, Execute, the program itself. */
  readonly execute: number;
  /** To the client: outputs and log are read, the finish is stored, and seen by the client. */
  readonly finish: number;
}

/**
 * The arrows of a Run that has ended, by its status: agents tell whole milliseconds of the clocks of their machines, so
 * that one Run is told to a millisecond or two, and only on one machine.
 */
export function arrowsOf({ status = {} }: Run, { sent, end }: Seen): Arrows {
  const [decided, started, ended] = [status.scheduledTime, status.startTime, status.completionTime].map(time =>
    Date.parse(time ?? ''),
  ) as [number, number, number];
  return { decide: decided - sent, bind: started - decided, execute: ended - started, finish: end - ended };
}

/** The median of each arrow. */
export function medianArrows(all: readonly Arrows[]): Arrows {
  const of = (name: keyof Arrows) => median(all.map(arrows => arrows[name]));
  return { decide: of('decide'), bind: of('bind'), execute: of('execute'), finish: of('finish') };
}
