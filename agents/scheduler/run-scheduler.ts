import type { Logger } from 'pino';
import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Pod } from '../../crds/client/resources.ts';
import { LABEL_RUNTIME } from '../../crds/v1alpha1/names.ts';
import { isUnwanted, phaseOf, type Run } from '../../crds/v1alpha1/run.ts';
import type { Runtime } from '../../crds/v1alpha1/runtime.ts';
import type { Change, Informer } from '../lib/informer.ts';
import type { PoolFigures, SchedulerMetrics } from './metrics.ts';
import type { SchedulerOptions } from './options.ts';
import { endPatch, type StatusPatch } from './patches.ts';
import type { Pool } from './pool.ts';
import { Pools } from './pools.ts';
import { Reviewer } from './reviewer.ts';
import { Usage } from './usage.ts';
import { keyOf, makeWaiting, readyAt, renew, type Waiting } from './waiting.ts';
import { Writer } from './writer.ts';

export interface RunSchedulerDeps {
  client: ResourceClient<Run>;
  runs: Pick<Informer<Run>, 'put'>;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
  metrics: (pools: () => Iterable<PoolFigures>) => SchedulerMetrics;
  options: SchedulerOptions;
}

interface Ending {
  readonly reason: 'Cancelled' | 'Unschedulable';
  readonly message: string;
}

/**
 * Gives Pending Runs to Pods. Informers call `onRun`, `onPod` and `onRuntime` with each change; what they touch is
 * planned anew in one cycle, at the end of the present turn of the event loop, so that what arrives together is
 * decided together and nothing waits for a timer. Cost of a cycle: the Pods of the pools touched, and the Runs that
 * it binds; never the length of a queue.
 */
export class RunScheduler {
  readonly #deps: RunSchedulerDeps;
  readonly #usage = new Usage();
  readonly #pools = new Pools();
  readonly #waiting = new Map<string, Waiting>();
  /** Pools to plan; a Set keeps its order, so that pools, and with them namespaces, take turns. */
  readonly #dirty = new Set<Pool>();
  readonly #endings = new Map<Waiting, Ending>();
  readonly #reviewer: Reviewer;
  readonly #writer: Writer;
  #arrivals = 0;
  #started = false;
  #planned = false;

  constructor(deps: RunSchedulerDeps) {
    this.#deps = deps;
    this.#writer = new Writer({
      ...deps,
      usage: this.#usage,
      metrics: deps.metrics(() => this.#pools.figures(this.#usage)),
      onGone: entry => this.#dismiss(entry),
    });
    this.#reviewer = new Reviewer({
      ...deps,
      onDue: key => this.#reconsider(this.#waiting.get(key)),
      note: (entry, patch) => this.#note(entry, patch),
      giveUp: (entry, message) => this.#end(entry, { reason: 'Unschedulable', message }),
    });
  }

  /** Begins to bind; before, changes are only taken in. Call it when all caches are whole. */
  start(): void {
    this.#started = true;
    this.#kick();
  }

  onRun({ type, object, previous }: Change<Run>): void {
    const next = type === 'deleted' ? undefined : object;
    const freed = this.#usage.replace(type === 'deleted' ? object : previous, next);
    if (freed !== undefined) {
      const pool = this.#pools.of(object.metadata.namespace, object.spec.runtime);
      pool.spend(freed);
      this.#touch(pool);
    }
    if (next && phaseOf(next) === 'Pending') this.#admit(next);
    else this.#dismiss(this.#waiting.get(keyOf(object)));
  }

  onPod({ type, object }: Change<Pod>): void {
    const pool = this.#pools.of(object.metadata.namespace, object.metadata.labels?.[LABEL_RUNTIME]);
    if (type === 'deleted') pool.deletePod(object.metadata.uid ?? '');
    else pool.setPod(object);
    this.#refresh(pool);
  }

  onRuntime({ type, object }: Change<Runtime>): void {
    const pool = this.#pools.of(object.metadata.namespace, object.metadata.name);
    pool.setRuntime(type === 'deleted' ? undefined : object);
    this.#refresh(pool);
  }

  /** Takes a Pending Run in, or its newer copy. */
  #admit(run: Run): void {
    let entry = this.#waiting.get(keyOf(run));
    if (entry) renew(entry, run, this.#deps.clock);
    else {
      entry = makeWaiting(run, this.#arrivals++, this.#deps.clock);
      this.#waiting.set(entry.key, entry);
      this.#pools.for(entry).waiting.add(entry);
      this.#reviewer.begin(entry);
    }
    this.#place(entry);
  }

  #dismiss(entry: Waiting | undefined): void {
    if (!entry) return;
    const pool = this.#pools.for(entry);
    pool.queue.delete(entry);
    pool.waiting.delete(entry);
    entry.place = 'gone';
    this.#waiting.delete(entry.key);
    this.#endings.delete(entry);
    this.#reviewer.forget(entry);
    this.#pools.drop(pool);
  }

  /** Puts an entry where it belongs; one with a write under way has its turn after that. */
  #place(entry: Waiting): void {
    if (entry.place === 'writing' || entry.place === 'ending') return;
    const pool = this.#pools.for(entry);
    const unwanted = isUnwanted(entry.run);
    if (unwanted && entry.notBefore <= this.#deps.clock.monotonic()) {
      this.#end(entry, { reason: 'Cancelled', message: 'cancelled before it was given to a Pod' });
    } else if (unwanted || readyAt(entry) > this.#deps.clock.monotonic()) {
      pool.queue.delete(entry);
      entry.place = 'aside';
      this.#reviewer.review(entry, pool);
    } else if (entry.place === 'aside') {
      entry.place = 'queued';
      pool.queue.add(entry);
      this.#touch(pool);
    }
  }

  /** Places and reviews an entry whose time, or whose pool's nature, has changed. */
  #reconsider(entry: Waiting | undefined): void {
    if (!entry || entry.place === 'writing' || entry.place === 'ending') return;
    const pool = this.#pools.for(entry);
    const stays = entry.place === 'aside' && this.#reviewer.isHopeless(entry, pool);
    if (!stays || isUnwanted(entry.run)) this.#place(entry);
    if (entry.place === 'aside' || entry.place === 'queued') this.#reviewer.review(entry, pool);
  }

  /** Plans the pool again; where its nature changed, the reason of every Run that waits for it may have, too. */
  #refresh(pool: Pool): void {
    if (pool.hasChanged()) for (const entry of [...pool.waiting]) this.#reconsider(entry);
    this.#touch(pool);
    this.#pools.drop(pool);
  }

  #touch(pool: Pool): void {
    this.#dirty.add(pool);
    this.#kick();
  }

  #kick(): void {
    if (!this.#started || this.#planned || this.#deps.signal.aborted) return;
    this.#planned = true;
    setImmediate(() => this.#cycle());
  }

  #cycle(): void {
    this.#planned = false;
    if (this.#deps.signal.aborted) return;
    const room = () => this.#deps.options.maxInFlight - this.#writer.inFlight;
    for (const [entry, ending] of this.#endings) {
      if (room() <= 0) return; // the end of a write goes on with the rest
      this.#endings.delete(entry);
      const patch = endPatch(entry.run, ending.reason, ending.message, this.#deps.clock.now());
      void this.#during(entry, () => this.#writer.write(entry, patch, 'end'));
    }
    for (const pool of [...this.#dirty]) {
      if (room() <= 0) return;
      const share = Math.ceil(room() / this.#dirty.size);
      this.#dirty.delete(pool);
      if (this.#plan(pool, share)) this.#dirty.add(pool);
      this.#pools.drop(pool);
    }
    if (this.#dirty.size > 0) this.#kick();
  }

  /** Starts at most `budget` binds; true where there was more to bind. */
  #plan(pool: Pool, budget: number): boolean {
    const { binds, tooLarge, more } = pool.plan(this.#usage, budget);
    for (const entry of tooLarge) {
      pool.queue.delete(entry);
      entry.place = 'aside';
      this.#reviewer.review(entry, pool);
    }
    for (const { run: entry, pod } of binds) {
      void this.#during(entry, async () => {
        if (await this.#writer.bind(entry, pod)) pool.spend(pod.uid);
      });
    }
    return more;
  }

  #end(entry: Waiting, ending: Ending): void {
    this.#pools.for(entry).queue.delete(entry);
    entry.place = 'ending';
    this.#endings.set(entry, ending);
    this.#kick();
  }

  #note(entry: Waiting, patch: StatusPatch): Promise<void> {
    return this.#during(entry, () => this.#writer.write(entry, patch, 'note'));
  }

  /** Keeps an entry out of every queue while a write about it is under way, then decides anew. */
  async #during(entry: Waiting, write: () => Promise<unknown>): Promise<void> {
    const pool = this.#pools.for(entry);
    pool.queue.delete(entry);
    entry.place = 'writing';
    await write();
    if (this.#isWriting(entry)) {
      entry.place = 'aside';
      this.#reconsider(entry);
    }
    this.#touch(pool);
  }

  /** Asked after an await: a change that came meanwhile may have dismissed the entry. */
  #isWriting(entry: Waiting): boolean {
    return entry.place === 'writing';
  }
}
