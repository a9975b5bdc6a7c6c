import { PENDING_REASONS, type PendingReason } from '../../crds/v1alpha1/names.ts';
import { isTooLarge, type PlanPod } from './plan.ts';
import type { Quantities } from './quantities.ts';

/** What decides why a Run of a pool waits. */
export interface PoolView {
  readonly runtime: string;
  /** undefined where there is no such Runtime. */
  readonly offered: Quantities | undefined;
  readonly replicas: number;
  /** Every Pod of the Runtime that is not being deleted, ready or not. */
  readonly pods: readonly (Pick<PlanPod, 'capacity'> & { readonly ready: boolean })[];
}

/** Why a Run waits: `hopeless` where waiting for a slot can't heal it. */
export interface Waits {
  readonly reason: PendingReason;
  readonly message: string;
  readonly hopeless: boolean;
}

/** Why a Run that was not bound waits; messages are the same as long as the reason is. */
export function pendingReason(run: { requests: Quantities }, backsOff: boolean, pool: PoolView): Waits {
  const { offered, pods } = pool;
  const waits = (reason: PendingReason, message: string = PENDING_REASONS[reason]): Waits => ({
    reason,
    message,
    hopeless: reason === 'RuntimeNotFound' || reason === 'RequestTooLarge',
  });
  if (!offered) return waits('RuntimeNotFound', `there is no Runtime "${pool.runtime}" in the namespace`);
  if (isTooLarge(run, pods, offered)) {
    return waits('RequestTooLarge', `the Run asks for ${tell(run.requests)}; a Pod offers ${tell(offered)}`);
  }
  if (backsOff) return waits('BackOff');
  if (pods.some(pod => pod.ready)) return waits('NoFreeSlot');
  return waits(pool.replicas === 0 ? 'RuntimeScaledToZero' : 'NoReadyPod');
}

function tell(quantities: Quantities): string {
  return Object.entries(quantities)
    .map(([name, amount]) => `${name}: ${amount}`)
    .join(', ');
}
