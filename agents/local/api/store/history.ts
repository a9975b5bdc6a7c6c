import type { ChangeType } from './database.ts';
import type { Stored } from './stored.ts';

/** One change of one object, in the order of revisions. */
export interface Change {
  readonly revision: number;
  readonly type: ChangeType;
  /** The object after the change; for DELETED its last state, with the revision of the deletion. */
  readonly stored: Stored;
  /** The object before; undefined for ADDED, and where the history does not reach back to it. */
  readonly before: Stored | undefined;
}

/** How many changes are kept, and how many characters of JSON they may hold together. */
export interface HistoryLimits {
  readonly changes: number;
  readonly characters: number;
}

export const DEFAULT_HISTORY: HistoryLimits = { changes: 20_000, characters: 64 * 1024 * 1024 };

/** The window of changes that a watch may start from; older ones are forgotten in batches. */
export class History {
  readonly #limits: HistoryLimits;
  readonly #forget: (revision: number) => void;
  #changes: Change[] = [];
  #characters = 0;
  #start: number;

  /** `start` is the revision up to which nothing is known; `forget` is told when it moves. */
  constructor(start: number, limits: HistoryLimits, forget: (revision: number) => void) {
    this.#start = start;
    this.#limits = limits;
    this.#forget = forget;
  }

  /** The lowest revision that a watch can go on from. */
  get start(): number {
    return this.#start;
  }

  add(change: Change): void {
    this.#changes.push(change);
    this.#characters += change.stored.json.length;
    if (this.#changes.length > this.#limits.changes || this.#characters > this.#limits.characters) this.#trim();
  }

  /** Changes after `revision`, or undefined when the window begins later. */
  since(revision: number): readonly Change[] | undefined {
    if (revision < this.#start) return undefined;
    return this.#changes.slice(this.#firstAfter(revision));
  }

  #firstAfter(revision: number): number {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#changes[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Drops at least a quarter, so that trimming (and the deletion on disk) is rare. */
  #trim(): void {
    let drop = Math.ceil(this.#changes.length / 4);
    const dropped = this.#changes.slice(0, drop);
    let left = this.#characters - dropped.reduce((sum, { stored }) => sum + stored.json.length, 0);
    while (left > this.#limits.characters && drop < this.#changes.length)
      left -= this.#changes[drop++]!.stored.json.length;
    this.#start = this.#changes[drop - 1]!.revision;
    this.#changes = this.#changes.slice(drop);
    this.#characters = left;
    this.#forget(this.#start);
  }
}
