import { makeResourceClient } from '../../../crds/client/kube-resource-client.ts';
import type { Transport } from '../../../crds/client/transport.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import type { Clock } from '../../clock.ts';
import { deadlineError, usageError } from '../../errors.ts';
import type { Progress } from '../../ui/progress.ts';
import { type Tracked, track } from '../track.ts';
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
  for (const { wanted, actual } of await lookUp(holders, { transport, signal })) {
    if (!actual?.metadata.deletionTimestamp) continue;
    const name = nameOf(wanted);
    if (waitMs === undefined) throw usageError(`${name} is being deleted`, 'try again once it is gone');
    progress.show(`waiting until ${name} is gone`);
    const tracked = track(actual, { client: makeResourceClient<KubeObject>(transport, kindOf(wanted)), clock, signal });
    const stop = new AbortController();
    const late = clock.sleep(waitMs, AbortSignal.any([signal, stop.signal]));
    try {
      // `until` resolves for an object that is gone, whatever it is asked
      await Promise.race([tracked.until(() => false), late.then(() => tooLate(name, tracked, waitMs))]);
    } finally {
      stop.abort();
      tracked.stop();
      await late.catch(() => undefined); // stopped a line above
    }
  }
}

function tooLate(name: string, { latest }: Tracked<KubeObject>, waitMs: number): never {
  throw deadlineError(`${name} is still being deleted after ${waitMs / 1000}s${whatHolds(latest)}`);
}

/** What the API server says about what keeps an object there, after a colon. */
function whatHolds(object: KubeObject): string {
  const { conditions = [] } =
    (object as { status?: { conditions?: { type: string; message?: string }[] } }).status ?? {};
  // of a namespace one of several, which are there from the start and say that all is well
  const told = conditions.filter(({ type }) => /Terminating|Remaining/.test(type)).map(({ message }) => message);
  return told.length > 0 ? `: ${told.join('; ')}` : '';
}
