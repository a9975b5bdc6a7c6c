import type { Clock } from '../../crds/client/clock.ts';
import { isPodReady, type Pod } from '../../crds/client/resources.ts';

/** Since when a Pod is not ready, in milliseconds since the epoch; undefined while it is. */
export function notReadySince(pod: Pod): number | undefined {
  if (isPodReady(pod)) return undefined;
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return Date.parse(ready?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? '') || 0;
}

/**
 * For how long Pods are not ready. What is watched is timed here, as no wall clock, ours or the one that wrote the
 * condition, is to decide over a Pod after a jump. Only for what was so before this process came they are asked, once.
 */
export class NotReadyTimes {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { readonly since: number; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a Pod as it is now; `before`: it may have been so before this process watched. */
  see(pod: Pod, before: boolean): void {
    const { uid = '' } = pod.metadata;
    const since = notReadySince(pod);
    if (since === undefined) this.#seen.delete(uid);
    else if (this.#seen.get(uid)?.since !== since) {
      const age = before ? Math.max(0, this.#clock.now() - since) : 0;
      this.#seen.set(uid, { since, at: this.#clock.monotonic() - age });
    }
  }

  /** The Pod is gone. */
  forget({ metadata }: Pod): void {
    this.#seen.delete(metadata.uid ?? '');
  }

  /** Milliseconds for which the Pod is not ready; undefined while it is. */
  of({ metadata }: Pod): number | undefined {
    const seen = this.#seen.get(metadata.uid ?? '');
    return seen && this.#clock.monotonic() - seen.at;
  }
}
