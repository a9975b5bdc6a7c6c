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

/** Some minutes of the busiest machine, as much as a real server keeps. */
export const DEFAULT_HISTORY: HistoryLimits = { changes: 20_000, characters: 32 * 1024 * 1024 };

/** The window of changes that a watch may start from; older ones are forgotten in batches. */
export class History {
  readonly #limits: HistoryLimits;
  #changes: Change[] = [];
  #characters = 0;
  #start: number;

  /** `start` is the revision up to which nothing is known. */
  constructor(start: number, limits: HistoryLimits) {
    this.#start = start;
    this.#limits = limits;
  }

  /** The lowest revision that a watch can go on from. */
  get start(): number {
    return this.#start;
  }

  add(change: Change): void {
    this.#changes.push(change);
    this.#characters += change.stored.json.length;
  }

  /** Changes after `revision`, or undefined when the window begins later. */
  since(revision: number): readonly Change[] | undefined {
    if (revision < this.#start) return undefined;
    return this.#changes.slice(this.#firstAfter(revision));
  }

  /**
   * The revision up to which to forget before one more change of `size` characters comes; undefined while there is
   * room. At least a quarter goes at once, so that forgetting (and the deletion on disk) is rare.
   */
  toForget(size: number): number | undefined {
    const { changes, characters } = this.#limits;
    if (this.#changes.length < changes && this.#characters + size <= characters) return undefined;
    let left = this.#characters + size;
    let drop = 0;
    for (const { stored } of this.#changes) {
      if (drop >= this.#changes.length / 4 && left <= characters) break;
      left -= stored.json.length;
      drop++;
    }
    return this.#changes[drop - 1]?.revision;
  }

  /** Forgets the changes up to and with `revision`. */
  forget(revision: number): void {
    const drop = this.#firstAfter(revision);
    for (const { stored } of this.#changes.slice(0, drop)) this.#characters -= stored.json.length;
    this.#changes = this.#changes.slice(drop);
    this.#start = revision;
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
}
