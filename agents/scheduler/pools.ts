import type { PoolFigures } from './metrics.ts';
import { Pool } from './pool.ts';
import type { Usage } from './usage.ts';
import type { Waiting } from './waiting.ts';

/** The pools of all namespaces, made when something first asks for them. */
export class Pools {
  readonly #pools = new Map<string, Pool>();

  get size(): number {
    return this.#pools.size;
  }

  of(namespace = '', runtime = ''): Pool {
    const key = `${namespace}/${runtime}`;
    let pool = this.#pools.get(key);
    if (!pool) {
      pool = new Pool(namespace, runtime);
      this.#pools.set(key, pool);
    }
    return pool;
  }

  /** The pool that a Run waits for; `spec.runtime` never changes. */
  for({ run }: Waiting): Pool {
    return this.of(run.metadata.namespace, run.spec.runtime);
  }

  /** Every pool as it is now. */
  *figures(usage: Usage): Iterable<PoolFigures> {
    for (const pool of this.#pools.values()) yield pool.figures(usage);
  }

  /** Forgets a pool with nothing in it. */
  drop(pool: Pool): void {
    if (pool.isEmpty) this.#pools.delete(`${pool.namespace}/${pool.runtime}`);
  }
}
