import type { Subject } from './subject.ts';

/** One thing that runtimed counts on; it throws an Error that says what was seen instead. */
export interface Check {
  readonly name: string;
  /** What holds when it passes. */
  readonly about: string;
  run(subject: Subject): Promise<void>;
}

/** What a check came to. */
export interface Result {
  readonly name: string;
  readonly about: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped; empty when it passed. */
  readonly message: string;
}

/** Thrown by a check that can't tell here, with the reason. */
export class Skip extends Error {}

/** Fails the check unless `holds`. */
export function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

/** Fails the check unless both are the same, as JSON. */
export function demandSame(what: string, found: unknown, wanted: unknown): void {
  const [is, shallBe] = [JSON.stringify(found), JSON.stringify(wanted)];
  demand(is === shallBe, `${what}: ${shorten(is)} instead of ${shorten(shallBe)}`);
}

function shorten(text = 'nothing'): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
