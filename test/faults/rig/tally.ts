import { SEED } from './seed.ts';

/** What the whole suite has done; printed once at its end. */
class Tally {
  runs = 0;
  breaches = 0;
  readonly #faults = new Map<string, number>();

  /** Counts one fault that was injected. */
  fault(kind: string): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
  }

  /** The table, as docs/reliability.md shows it. */
  toString(): string {
    const faults = [...this.#faults].sort(([a], [b]) => a.localeCompare(b));
    const total = faults.reduce((sum, [, count]) => sum + count, 0);
    const rows: [string, number][] = [
      ...faults.map(([kind, count]): [string, number] => [`  ${kind}`, count]),
      ['faults injected', total],
      ['Runs', this.runs],
      ['invariants broken', this.breaches],
      ['seed', SEED],
    ];
    return rows.map(([name, value]) => `${name.padEnd(42)}${String(value).padStart(8)}`).join('\n');
  }
}

/** The one tally of this process. */
export const tally = new Tally();
