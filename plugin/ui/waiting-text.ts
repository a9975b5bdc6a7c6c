import { findCondition } from '../../crds/v1alpha1/conditions.ts';
import { CONDITIONS, type PendingReason } from '../../crds/v1alpha1/names.ts';
import { phaseOf, type Run } from '../../crds/v1alpha1/run.ts';
import type { QueuePlace } from '../services/describe/pool.ts';
import { sanitise } from '../terminal/sanitise.ts';

/** Reasons that no passing of time heals: somebody has to do something. */
const HOPELESS: readonly PendingReason[] = ['RuntimeNotFound', 'RequestTooLarge', 'RuntimeScaledToZero'];

/** Why `run` does not run yet, since how long, and behind how many others; undefined once its program may be going. */
export function waitingText(run: Run, waitedMs: number, place?: QueuePlace): string | undefined {
  const phase = phaseOf(run);
  const { status = {} } = run;
  const seconds = `${Math.floor(waitedMs / 1000)}s`;
  if (phase === 'Scheduled') return sanitise(`Scheduled to ${status.assignedPod}, ${seconds}`);
  if (phase !== 'Pending') return undefined;
  const why = whyItWaits(run);
  const next = (status.attempt ?? 0) > 0 ? `, attempt ${(status.attempt ?? 0) + 1}` : '';
  return sanitise(`Pending${next}, ${seconds}${placeText(run, place)}${why === undefined ? '' : `: ${why}`}`);
}

/** There is no queue where it is not slots that are missing. */
function placeText({ status }: Run, place: QueuePlace | undefined): string {
  const condition = findCondition(status?.conditions, CONDITIONS.scheduled);
  const isForSlots = condition?.reason === ('NoFreeSlot' satisfies PendingReason);
  if (!place || (condition?.status === 'False' && !isForSlots)) return '';
  if (place.ahead > 0) return `, ${place.ahead} ${place.ahead === 1 ? 'Run' : 'Runs'} ahead`;
  return isForSlots ? ', next in line' : '';
}

/** Why it waits, where that will not change by itself: worth a line of its own. */
export function hopelessText(run: Run): string | undefined {
  const condition = findCondition(run.status?.conditions, CONDITIONS.scheduled);
  const hopeless = condition?.status === 'False' && (HOPELESS as string[]).includes(condition.reason);
  return phaseOf(run) === 'Pending' && hopeless ? sanitise(condition.message || condition.reason) : undefined;
}

function whyItWaits({ status }: Run): string | undefined {
  const condition = findCondition(status?.conditions, CONDITIONS.scheduled);
  if (condition?.status !== 'False') return undefined;
  return condition.message || condition.reason;
}
