/** Gives one holder's slots back; calling it twice does nothing. */
export type Release = () => void;

/** Integer quantities by name, such as `{runs: 1}`. */
export type Quantities = Readonly<Record<string, number>>;

/**
 * What this Pod offers. An attempt that finds too little left waits in line: the scheduler does not send more than
 * fits, so a longer line is a mistake of its, or another Run's last moments, and both pass by waiting.
 */
export class Slots {
  readonly #capacity: Quantities;
  readonly #used = new Map<string, number>();
  readonly #line: { wants: Quantities; go: () => void }[] = [];

  constructor(capacity: Quantities) {
    this.#capacity = capacity;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Whether `wants` fits where nothing else runs. */
  canEverFit(wants: Quantities): boolean {
    return Object.entries(wants).every(([name, amount]) => amount <= (this.#capacity[name] ?? 0));
  }

  /** Resolves once `wants` is free and nobody waits before; undefined when the signal aborts first. */
  async take(wants: Quantities, signal: AbortSignal): Promise<Release | undefined> {
    if (signal.aborted) return undefined;
    if (this.#line.length === 0 && this.#fits(wants)) return this.force(wants);
    const turn = Promise.withResolvers<Release | undefined>();
    const place = { wants, go: () => turn.resolve(this.force(wants)) };
    const leave = () => {
      const index = this.#line.indexOf(place);
      if (index < 0) return; // its turn has come: the caller has the slots and gives them back
      this.#line.splice(index, 1);
      turn.resolve(undefined);
      this.#next();
    };
    this.#line.push(place);
    signal.addEventListener('abort', leave, { once: true });
    const release = await turn.promise;
    signal.removeEventListener('abort', leave);
    return release;
  }

  /** Takes `wants` whether there is room or not: for what runs already. */
  force(wants: Quantities): Release {
    this.#add(wants, 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#add(wants, -1);
      this.#next();
    };
  }

  #next(): void {
    for (let first = this.#line[0]; first && this.#fits(first.wants); first = this.#line[0]) {
      this.#line.shift();
      first.go();
    }
  }

  #fits(wants: Quantities): boolean {
    return Object.entries(wants).every(
      ([name, amount]) => (this.#used.get(name) ?? 0) + amount <= (this.#capacity[name] ?? 0),
    );
  }

  #add(wants: Quantities, sign: 1 | -1): void {
    for (const [name, amount] of Object.entries(wants)) {
      this.#used.set(name, (this.#used.get(name) ?? 0) + sign * amount);
    }
  }
}
