import { bashJob, type Preparation, spareArgs } from './prelude.ts';
import type { ProgramSpec } from './program.ts';

/** What the spares of a Runtime are: what waits, and the job that makes it a program. */
export interface SpareKind {
  /** The arguments of bash that start one. */
  readonly args: (preparation: Preparation) => string[];
  readonly env: Readonly<Record<string, string>>;
  /** What makes it `spec`; undefined for a program that has to be started anew. */
  readonly job: (spec: ProgramSpec) => Buffer | undefined;
  /**
   * The longest time that it may take from its start to its job's; one that was stopped never gets there. Too short, on
   * a machine with much to do, would end programs that have just begun.
   */
  readonly longestBeginMs: number;
}

/** A prepared bash, which becomes any program: what remains is to execute it. */
export const bashSpares: SpareKind = { args: spareArgs, env: {}, job: bashJob, longestBeginMs: 10_000 };
