import { age } from '../../crds/v1alpha1/age.ts';
import { findCondition } from '../../crds/v1alpha1/conditions.ts';
import { CONDITIONS, PENDING_REASONS, type PendingReason } from '../../crds/v1alpha1/names.ts';
import { phaseOf, type Run, requestsOf } from '../../crds/v1alpha1/run.ts';
import { capacityOf } from '../../crds/v1alpha1/runtime.ts';
import type { RunDescription } from '../services/describe/describe-run.ts';
import { type Pool, placeInQueue } from '../services/describe/pool.ts';

/** Why a Pending Run waits, and what to do about it. */
export interface Waiting {
  readonly why: string;
  readonly advice: string | undefined;
}

/** Explains a Run that is Pending, from what the scheduler says and from its Runtime as it is now; undefined for another. */
export function explainWaiting(description: RunDescription, now: number, bin: string): Waiting | undefined {
  const { run } = description;
  if (phaseOf(run) !== 'Pending') return undefined;
  const condition = findCondition(run.status?.conditions, CONDITIONS.scheduled);
  if (condition?.status === 'False') {
    const meaning = PENDING_REASONS[condition.reason as PendingReason];
    const since = age(condition.lastTransitionTime, now);
    const why = `${condition.reason}: ${condition.message || meaning || 'no more is known'} (for ${since})`;
    return { why, advice: adviceFor(condition.reason as PendingReason, description, bin) };
  }
  if (description.runtime === 'missing') {
    const why = `there is no Runtime "${run.spec.runtime}" in namespace ${run.metadata.namespace}`;
    return { why, advice: adviceFor('RuntimeNotFound', description, bin) };
  }
  if (isFull(description))
    return { why: PENDING_REASONS.NoFreeSlot, advice: adviceFor('NoFreeSlot', description, bin) };
  return {
    why: 'the scheduler has not said why',
    advice: `is it running? see: ${bin} local status, or kubectl get pods -A`,
  };
}

/** Whether all slots are taken: the scheduler says so only of Runs that have waited for some seconds. */
function isFull({ runtime }: RunDescription): boolean {
  const { total, used } = (runtime !== 'missing' && runtime?.status?.slots) || { total: 0, used: 0 };
  return total > 0 && used >= total;
}

function adviceFor(reason: PendingReason, { run, runtime, pool }: RunDescription, bin: string): string | undefined {
  const name = run.spec.runtime;
  const inNamespace = `-n ${run.metadata.namespace}`;
  const found = runtime === 'missing' ? undefined : runtime;
  switch (reason) {
    case 'RuntimeNotFound':
      return `see which there are: ${bin} runtime list ${inNamespace}`;
    case 'RuntimeScaledToZero':
      return `give it Pods: kubectl scale runtime/${name} --replicas=1 ${inNamespace}`;
    case 'NoReadyPod':
      return `see why: ${bin} runtime describe ${name} ${inNamespace}`;
    case 'NoFreeSlot':
      return `${placeText(run, pool)}; for more slots: kubectl scale runtime/${name} --replicas=${(found?.spec.replicas ?? 1) + 1} ${inNamespace}`;
    case 'RequestTooLarge': {
      const offers = found ? `; a Pod offers ${quantities(capacityOf(found))}` : '';
      return `it asks for ${quantities(requestsOf(run))}${offers}`;
    }
    default:
      return run.status?.nextAttemptTime ? `the next attempt is due at ${run.status.nextAttemptTime}` : undefined;
  }
}

function placeText(run: Run, pool: Pool | undefined): string {
  const { ahead, waiting } = placeInQueue(run, pool?.runs ?? []);
  if (ahead === 0) return 'it is next when a slot is free';
  return `${ahead} of ${waiting} waiting Runs ${ahead === 1 ? 'goes' : 'go'} before it`;
}

/** Quantities by name, such as `gpu=1, runs=2`. */
export function quantities(of: Record<string, number>): string {
  const entries = Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, quantity]) => `${name}=${quantity}`).join(', ');
}
