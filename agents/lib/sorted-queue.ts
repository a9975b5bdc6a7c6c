/**
 * Items kept in an order that never changes while they are inside: `compare` must be a total order (ties broken by
 * something unique). Adding and removing cost O(log n) comparisons; iteration goes in order and may be left early.
 * An array rather than a heap, because readers look at the first few and leave them where they are; what is added
 * mostly belongs at the end, where an array takes it for nothing.
 */
export class SortedQueue<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  /** Adds `item`; one that is already inside is left alone. */
  add(item: T): void {
    const index = this.#indexOf(item);
    if (this.#items[index] !== item) this.#items.splice(index, 0, item);
  }

  /** Takes `item` out; false where it was not inside. */
  delete(item: T): boolean {
    const index = this.#indexOf(item);
    if (this.#items[index] !== item) return false;
    this.#items.splice(index, 1);
    return true;
  }

  /** In order; the queue must not change meanwhile. */
  [Symbol.iterator](): Iterator<T> {
    return this.#items[Symbol.iterator]();
  }

  /** Where `item` is or would be. */
  #indexOf(item: T): number {
    let low = 0;
    let high = this.#items.length;
    const last = this.#items[high - 1];
    if (last !== undefined && this.#compare(last, item) < 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#items[middle]!, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
