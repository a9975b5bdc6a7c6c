import { phaseOf, type Run, requestsOf } from '../../crds/v1alpha1/run.ts';
import { add, type Quantities } from './quantities.ts';

/**
 * What is taken of each Pod, by its UID: by Runs that are assigned to it and have not ended (cancelled or not: until
 * the end they hold their slots), and by binds under way, which are assumed until their outcome is known.
 */
export class Usage {
  readonly #taken = new Map<string, Quantities>();
  readonly #assumed = new Map<string, { podUID: string; requests: Quantities }>();

  /** What Runs and binds take of the Pod; the Pod need not be known. */
  of(podUID: string): Quantities {
    return this.#taken.get(podUID) ?? {};
  }

  /** Counts a change of a Run; gives the UID of the Pod that got slots back, if one did. */
  replace(previous: Run | undefined, next: Run | undefined): string | undefined {
    const before = previous && podUIDOf(previous);
    const after = next && podUIDOf(next);
    if (before === after) return undefined; // requests never change
    if (after) this.#change(after, requestsOf(next!), 1);
    if (before) this.#change(before, requestsOf(previous!), -1);
    return before;
  }

  /** Takes slots for a bind that is about to be written. */
  assume(key: string, podUID: string, requests: Quantities): void {
    this.#assumed.set(key, { podUID, requests });
    this.#change(podUID, requests, 1);
  }

  /** Ends the assumption, once the Run's own state tells what is taken. */
  settle(key: string): void {
    const assumed = this.#assumed.get(key);
    if (!assumed) return;
    this.#assumed.delete(key);
    this.#change(assumed.podUID, assumed.requests, -1);
  }

  #change(podUID: string, requests: Quantities, sign: 1 | -1): void {
    const sum = add(this.of(podUID), requests, sign);
    if (Object.values(sum).every(amount => amount === 0)) this.#taken.delete(podUID);
    else this.#taken.set(podUID, sum);
  }
}

function podUIDOf(run: Run): string | undefined {
  const phase = phaseOf(run);
  return phase === 'Scheduled' || phase === 'Running' ? (run.status?.assignedPodUID ?? undefined) : undefined;
}
