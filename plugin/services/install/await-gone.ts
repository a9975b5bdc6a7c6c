import { makeResourceClient } from '../../../crds/client/kube-resource-client.ts';
import type { Transport } from '../../../crds/client/transport.ts';
import type { Condition, KubeObject } from '../../../crds/v1alpha1/meta.ts';
import type { Clock } from '../../clock.ts';
import { deadlineError, usageError } from '../../errors.ts';
import type { Progress } from '../../ui/progress.ts';
import { track } from '../track.ts';
import { lookUp } from './check-objects.ts';
import { kindOf, nameOf } from './kinds.ts';

/** What waiting for the remains of an installation needs. */
export interface AwaitGoneDeps {
  readonly transport: Transport;
  readonly clock: Clock;
  /** undefined: not at all. */
  readonly waitMs: number | undefined;
  readonly signal: AbortSignal;
  readonly progress: Pick<Progress, 'show'>;
}

/**
 * Waits until no object that holds others is being deleted: the API server takes an apply to a CRD or a namespace that
 * goes, and what was applied goes with it.
 */
export async function awaitGone(objects: readonly KubeObject[], deps: AwaitGoneDeps): Promise<void> {
  const { transport, clock, waitMs, signal, progress } = deps;
  const holders = objects.filter(({ kind = '' }) => ['Namespace', 'CustomResourceDefinition'].includes(kind));
  const looks = await lookUp(holders, { transport, signal });
  const leaving = looks.flatMap(({ actual }) => (actual?.metadata.deletionTimestamp ? [actual] : []));
  if (leaving.length === 0) return;
  if (waitMs === undefined) throw usageError(`still being deleted: ${tell(leaving)}`, 'try again once that is gone');
  progress.show(`waiting until ${leaving.map(nameOf).join(', ')} is gone`);
  const tracked = leaving.map(object =>
    track(object, { client: makeResourceClient<KubeObject>(transport, kindOf(object)), clock, signal }),
  );
  const stop = new AbortController();
  const late = clock.sleep(waitMs, AbortSignal.any([signal, stop.signal])).then(() => {
    const left = tracked.filter(({ isGone }) => !isGone).map(({ latest }) => latest);
    throw deadlineError(`still being deleted after ${waitMs / 1000}s: ${tell(left)}`);
  });
  try {
    // `until` resolves for an object that is gone, whatever it is asked
    await Promise.race([Promise.all(tracked.map(one => one.until(() => false))), late]);
  } finally {
    stop.abort();
    for (const one of tracked) one.stop();
    await late.catch(() => undefined); // stopped above, or thrown by the race
  }
}

const tell = (objects: readonly KubeObject[]) =>
  objects.map(object => `${nameOf(object)}${whatHolds(object)}`).join(', ');

/** What the API server says about what keeps an object there, in brackets. */
function whatHolds(object: KubeObject): string {
  const { conditions = [] } = (object as { status?: { conditions?: Condition[] } }).status ?? {};
  // a namespace has one of each sort from the start, which say that all is well
  const told = conditions.filter(({ type, status }) => status === 'True' && /Terminating|Remaining/.test(type));
  return told.length > 0 ? ` (${told.map(({ message }) => message).join('; ')})` : '';
}
