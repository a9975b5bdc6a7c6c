import { isPodReady, type Pod } from '../../crds/client/resources.ts';
import { ANNOTATION_CAPACITY, ANNOTATION_ISOLATION } from '../../crds/v1alpha1/names.ts';
import { capacityOf, type Runtime } from '../../crds/v1alpha1/runtime.ts';
import { SortedQueue } from '../lib/sorted-queue.ts';
import type { PoolFigures } from './metrics.ts';
import type { PoolView } from './pending-reason.ts';
import { type PlanPod, plan } from './plan.ts';
import { parseQuantities, type Quantities } from './quantities.ts';
import type { Usage } from './usage.ts';
import { compareWaiting, type Waiting } from './waiting.ts';

interface PoolPod {
  readonly name: string;
  readonly uid: string;
  readonly capacity: Quantities;
  readonly ready: boolean;
  /** Takes one Run in its life. */
  readonly takesOne: boolean;
}

/** One Runtime of one namespace: its Pods, and the Runs that wait for them in order. */
export class Pool implements PoolView {
  readonly namespace: string;
  readonly runtime: string;
  /** Runs that may be bound now. */
  readonly queue = new SortedQueue<Waiting>(compareWaiting);
  /** Every Pending Run of the pool, queued or not. */
  readonly waiting = new Set<Waiting>();
  offered: Quantities | undefined;
  replicas = 0;
  readonly #pods = new Map<string, PoolPod>();
  /** UIDs of Pods that were given their one Run. */
  readonly #spent = new Set<string>();
  #signature = '';

  constructor(namespace: string, runtime: string) {
    this.namespace = namespace;
    this.runtime = runtime;
  }

  get pods(): readonly PoolPod[] {
    return [...this.#pods.values()];
  }

  get isEmpty(): boolean {
    return !this.offered && this.#pods.size === 0 && this.waiting.size === 0;
  }

  /** Takes the Runtime as it is now, or that there is none; one that is being deleted takes no Runs. */
  setRuntime(runtime: Runtime | undefined): void {
    const lives = runtime && !runtime.metadata.deletionTimestamp;
    this.offered = lives ? capacityOf(runtime) : undefined;
    this.replicas = lives ? (runtime.spec.replicas ?? 1) : 0;
  }

  /** Takes a Pod as it is now; one that is being deleted, or tells no capacity, takes no Runs. */
  setPod(pod: Pod): void {
    const { name = '', uid = '', annotations, deletionTimestamp } = pod.metadata;
    const capacity = parseQuantities(annotations?.[ANNOTATION_CAPACITY]);
    const takesOne = annotations?.[ANNOTATION_ISOLATION] === 'PodPerRun';
    if (deletionTimestamp || !capacity) this.deletePod(uid);
    else this.#pods.set(uid, { name, uid, capacity, ready: isPodReady(pod), takesOne });
  }

  deletePod(uid: string): void {
    this.#pods.delete(uid);
    this.#spent.delete(uid);
  }

  /** A Run was given to the Pod, or has left it: one that takes a single Run gets no other, started or not. */
  spend(uid: string): void {
    if (this.#pods.get(uid)?.takesOne) this.#spent.add(uid);
  }

  /** Whether what makes Runs wait changed since the last call: the reason of each of them may be another now. */
  hasChanged(): boolean {
    const capacities = new Set(this.pods.map(({ capacity }) => JSON.stringify(capacity)));
    const ready = this.pods.some(pod => pod.ready);
    const signature = JSON.stringify([this.offered, this.replicas === 0, ready, [...capacities].sort()]);
    if (signature === this.#signature) return false;
    this.#signature = signature;
    return true;
  }

  /** Its queue and slots. A pool that is no Runtime goes without a name, as anyone can make up such names in a Run. */
  figures(usage: Usage): PoolFigures {
    const { namespace, runtime, pods } = this;
    const slots = pods.filter(({ ready }) => ready).reduce((sum, { capacity }) => sum + (capacity['runs'] ?? 0), 0);
    const used = pods.reduce((sum, { uid }) => sum + (usage.of(uid)['runs'] ?? 0), 0);
    const name = this.offered ? `${namespace}/${runtime}` : '';
    return { runtime: name, pending: this.waiting.size, slots, used };
  }

  /** Decides on at most `budget` binds of the Runs at the front of the queue. */
  plan(usage: Usage, budget: number) {
    const pods: PlanPod[] = [];
    for (const pod of this.#pods.values()) {
      if (pod.ready && !this.#spent.has(pod.uid)) pods.push({ ...pod, used: usage.of(pod.uid) });
    }
    return plan({ queue: this.queue, pods, offered: this.offered, budget });
  }
}
