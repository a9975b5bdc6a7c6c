import type { Piece } from './line-splitter.ts';

/** A line for the log: a piece of the program's output, or a note of krt's own about a gap in it. */
export type LogItem = Piece | { readonly note: string };

/** What a line counts for at least: in the log each takes some hundred bytes, however short it is. */
const LEAST_COST = 64;
/** The tail waits in memory until the end, that of every noisy Run of the Pod at once: so it is short. */
const LONGEST_TAIL = 1024 * 1024;

/**
 * Caps the output of one Run: a head passes, of what follows a tail (1/8 of `capBytes`, at most 1 MiB) is kept until the
 * end and told behind a note that says how much was left out. Depends on the pieces alone, as the sequence numbers do.
 */
export class FloodCap {
  #headLeft: number;
  readonly #tailBytes: number;
  #tail: { item: LogItem; cost: number }[] = [];
  #first = 0;
  #tailUsed = 0;
  #dropped = { lines: 0, bytes: 0 };

  constructor(capBytes: number) {
    this.#tailBytes = Math.min(Math.floor(capBytes / 8), LONGEST_TAIL);
    this.#headLeft = capBytes - this.#tailBytes;
  }

  /** Whether `item` passes now; otherwise it is kept for the end, or dropped by then. */
  admit(item: LogItem): boolean {
    const cost = costOf(item);
    if (this.#headLeft >= cost) {
      this.#headLeft -= cost;
      return true;
    }
    this.#headLeft = 0;
    // a copy, as a piece is a view that would keep its whole chunk in memory
    const kept = 'note' in item ? item : { ...item, data: Buffer.from(item.data) };
    this.#tail.push({ item: kept, cost });
    this.#tailUsed += cost;
    while (this.#tailUsed > this.#tailBytes) this.#dropFirst();
    return false;
  }

  /** What was kept, behind a note where something is missing; to be asked for once, at the end. */
  *rest(): Generator<LogItem> {
    const { lines, bytes } = this.#dropped;
    if (lines > 0) yield { note: `[krt] ${lines} lines (${bytes} bytes) were left out here: the log is capped` };
    for (const { item } of this.#tail.slice(this.#first)) yield item;
    this.#tail = [];
    this.#first = 0;
  }

  #dropFirst(): void {
    const { item, cost } = this.#tail[this.#first]!;
    this.#tailUsed -= cost;
    this.#dropped.lines += 1;
    this.#dropped.bytes += 'note' in item ? 0 : item.data.length + (item.partial ? 0 : 1);
    this.#first += 1;
    // shifting an array of many thousands one by one would cost more than now and then a copy
    if (this.#first > 4096 && this.#first * 2 > this.#tail.length) {
      this.#tail = this.#tail.slice(this.#first);
      this.#first = 0;
    }
  }
}

function costOf(item: LogItem): number {
  return Math.max(LEAST_COST, 'note' in item ? item.note.length : item.data.length);
}
