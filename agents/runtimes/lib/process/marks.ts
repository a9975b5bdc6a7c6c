import { createHash } from 'node:crypto';

/**
 * The marks that one server gives its executions: 18 digits, which is the most that a resource limit holds.
 * 9 name the server, 3 this start of it, 6 count.
 */
export interface Marks {
  /** The digits that all marks of this start begin with. */
  readonly prefix: string;
  /** The next mark, which is in use until it is released; they come around after a million executions. */
  next(): string;
  /** Nothing carries the mark any more. */
  release(mark: string): void;
  /** Whether a mark was given out and not released. */
  inUse(mark: string): boolean;
  /** Whether a mark is one of this server's, of any start of it. */
  owns(mark: string): boolean;
}

/** Marks for start `start` (0-999, at random) of the server that `identity` names, unique on the machine. */
export function makeMarks(identity: string, start: number): Marks {
  const digest = createHash('sha256').update(identity).digest();
  const server = String(100_000_000 + (digest.readUInt32BE(0) % 900_000_000));
  const prefix = server + String(start % 1000).padStart(3, '0');
  const used = new Set<string>();
  let count = 0;
  return {
    prefix,
    next() {
      const mark = prefix + String(count++ % 1_000_000).padStart(6, '0');
      used.add(mark);
      return mark;
    },
    release: mark => void used.delete(mark),
    inUse: mark => used.has(mark),
    owns: mark => mark.length === 18 && mark.startsWith(server),
  };
}
