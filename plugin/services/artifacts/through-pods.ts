import { type ApiError, isForbidden, isNotFound } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { isPodReady, type Pod } from '../../../crds/client/resources.ts';
import { LABEL_RUNTIME } from '../../../crds/v1alpha1/names.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import { internalError, unavailableError } from '../../errors.ts';

/** What fetching needs. */
export interface SourceDeps {
  readonly clients: Pick<Clients, 'pods' | 'podArtifact'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Something in the ArtifactStore of a Run's Runtime, and what to call it. */
export interface Stored {
  readonly location: string;
  readonly what: string;
}

/**
 * The bytes of something in the store from `start` on. Asks the Pods of the Runtime, the one that ran the Run first: all
 * of them have the store. The stream may break off at any time.
 */
export async function openThroughPods(
  run: Run,
  { location, what }: Stored,
  start: number,
  { clients, signal }: Omit<SourceDeps, 'clock'>,
): Promise<AsyncIterable<Uint8Array>> {
  let last: unknown;
  const pods = await readyPods(run, { clients, signal });
  for (const pod of pods) {
    try {
      return await clients.podArtifact(pod, { location, start, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (isForbidden(error)) throw error;
      last = error;
    }
  }
  const { runtime } = run.spec;
  if (pods.length === 0) {
    const hint = `they come with its Pods: kubectl scale runtime/${runtime} --replicas=1`;
    throw unavailableError(`no Pod of Runtime ${runtime} is ready, and its ArtifactStore is read through one`, hint);
  }
  // an answer of the Pod's own: the API server names what it misses
  const isLost = isNotFound(last) && !(last as ApiError).body.details;
  if (isLost) throw internalError(`${what} of Run ${run.metadata.name} is not in the store any more`);
  throw last;
}

async function readyPods(run: Run, { clients, signal }: Omit<SourceDeps, 'clock'>): Promise<Pod[]> {
  const labelSelector = `${LABEL_RUNTIME}=${run.spec.runtime}`;
  const { items } = await clients.pods.list(run.metadata.namespace, { labelSelector, signal });
  const own = (pod: Pod) => Number(pod.metadata.uid === run.status?.assignedPodUID);
  return items.filter(isPodReady).sort((a, b) => own(b) - own(a));
}
