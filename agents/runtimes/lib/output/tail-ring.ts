/** The last `capacity` bytes of what was pushed; memory grows with use and never beyond the capacity. */
export class TailRing {
  readonly #capacity: number;
  #ring = Buffer.alloc(0);
  #pushed = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** All bytes that were ever pushed. */
  get pushed(): number {
    return this.#pushed;
  }

  /** Bytes that were pushed and are no longer kept. */
  get dropped(): number {
    return Math.max(0, this.#pushed - this.#capacity);
  }

  push(data: Buffer): void {
    const kept = data.subarray(Math.max(0, data.length - this.#capacity));
    // Until the ring has its full size it hasn't wrapped, so growing is a copy.
    this.#grow(Math.min(this.#capacity, this.#pushed + data.length));
    this.#pushed += data.length;
    if (kept.length === 0) return;
    const start = (this.#pushed - kept.length) % this.#capacity;
    const first = kept.subarray(0, this.#capacity - start);
    first.copy(this.#ring, start);
    kept.copy(this.#ring, 0, first.length);
  }

  /** The kept bytes in order, as a copy. */
  contents(): Buffer {
    if (this.#pushed <= this.#capacity) return Buffer.from(this.#ring.subarray(0, this.#pushed));
    const start = this.#pushed % this.#capacity;
    return Buffer.concat([this.#ring.subarray(start), this.#ring.subarray(0, start)]);
  }

  #grow(needed: number): void {
    if (needed <= this.#ring.length) return;
    const bigger = Buffer.alloc(Math.min(this.#capacity, Math.max(needed, this.#ring.length * 2, 4096)));
    this.#ring.copy(bigger);
    this.#ring = bigger;
  }
}
