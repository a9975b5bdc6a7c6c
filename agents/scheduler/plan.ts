import { add, fits, type Quantities } from './quantities.ts';

/** A Pod that may be given Runs: it is ready and not being deleted. */
export interface PlanPod {
  readonly name: string;
  readonly uid: string;
  readonly capacity: Quantities;
  readonly used: Quantities;
}

/** What `plan` reads of a Run in the queue. */
export interface PlanRun {
  readonly requests: Quantities;
}

/** One pool at one instant; the queue is read from its front, only as far as there is something to give. */
export interface Snapshot<R extends PlanRun> {
  readonly queue: Iterable<R>;
  readonly pods: readonly PlanPod[];
  /** What the Runtime says that its Pods offer; undefined where there is no such Runtime. */
  readonly offered: Quantities | undefined;
  /** Binds to decide on at most. */
  readonly budget: number;
}

/** What to do: `tooLarge` are Runs met on the way that no Pod could take even if it were empty. */
export interface Plan<R extends PlanRun> {
  readonly binds: readonly { readonly run: R; readonly pod: PlanPod }[];
  readonly tooLarge: readonly R[];
  /** The budget ran out first: plan again. */
  readonly more: boolean;
}

/** Runs that fit nowhere at present are stepped over up to this many, so that a look at a queue stays cheap. */
const LOOKAHEAD = 64;

/**
 * Gives the Runs at the front of the queue to Pods, each to the one with the most free slots, so that load spreads.
 *
 * The first Run that fits no Pod now reserves one: the Pod that could take it when empty and has the most free slots
 * gets nothing else until it fits. Smaller Runs behind pass it by only on other Pods, so a large request neither
 * starves nor idles the whole pool. One reservation at a time: the next blocked Run has its turn after that.
 */
export function plan<R extends PlanRun>({ queue, pods, offered, budget }: Snapshot<R>): Plan<R> {
  const binds: { run: R; pod: PlanPod }[] = [];
  const tooLarge: R[] = [];
  let open = pods.map(pod => ({ pod, free: add(pod.capacity, pod.used, -1) }));
  let stepped = 0;
  if (!offered) return { binds, tooLarge, more: false };
  for (const run of queue) {
    if (stepped >= LOOKAHEAD || !open.some(({ free }) => (free['runs'] ?? 0) > 0)) break;
    if (binds.length >= budget) return { binds, tooLarge, more: true };
    const target = mostFree(open.filter(({ free }) => fits(run.requests, free)));
    if (target) {
      binds.push({ run, pod: target.pod });
      target.free = add(target.free, run.requests, -1);
    } else if (isTooLarge(run, pods, offered)) tooLarge.push(run);
    else {
      if (stepped++ > 0) continue;
      const reserved = mostFree(open.filter(({ pod }) => fits(run.requests, pod.capacity)));
      open = open.filter(other => other !== reserved);
    }
  }
  return { binds, tooLarge, more: false };
}

/** Whether no Pod that is there, nor one that the Runtime would make, could take the Run even if it were empty. */
export function isTooLarge(
  { requests }: PlanRun,
  pods: readonly Pick<PlanPod, 'capacity'>[],
  offered: Quantities,
): boolean {
  return !fits(requests, offered) && !pods.some(({ capacity }) => fits(requests, capacity));
}

type OpenPod = { pod: PlanPod; free: Quantities };

function mostFree(open: readonly OpenPod[]): OpenPod | undefined {
  let best: OpenPod | undefined;
  for (const candidate of open) {
    if (!best || (candidate.free['runs'] ?? 0) > (best.free['runs'] ?? 0)) best = candidate;
  }
  return best;
}
