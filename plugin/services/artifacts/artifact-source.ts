import { ApiError, isNotFound } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { isPodReady, type Pod } from '../../../crds/client/resources.ts';
import { LABEL_RUNTIME } from '../../../crds/v1alpha1/names.ts';
import type { ArtifactRef, Run } from '../../../crds/v1alpha1/run.ts';
import { internalError, KrtError, unavailableError } from '../../errors.ts';

/** What fetching needs. */
export interface SourceDeps {
  readonly clients: Pick<Clients, 'pods' | 'podArtifact'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** So many cuts in a row, without a byte between them, are no accident. */
const MOST_FAILURES = 5;
const FIRST_DELAY_MS = 200;

/**
 * The bytes of an artifact from `start` on, over connections that are cut and Pods that go. Throws when there is no
 * more hope; more bytes than the Run tells of are never given.
 */
export async function* artifactBytes(run: Run, ref: ArtifactRef, start: number, deps: SourceDeps) {
  const { clock, signal } = deps;
  let at = start;
  for (let failures = 0; at < ref.sizeBytes; ) {
    try {
      for await (const chunk of await open(run, ref, at, deps)) {
        failures = 0;
        at += chunk.length;
        if (at > ref.sizeBytes)
          throw internalError(`artifact ${ref.name} is longer than Run ${run.metadata.name} tells`);
        yield chunk;
      }
      if (at < ref.sizeBytes) throw new Error('the connection was cut');
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      if (error instanceof KrtError || failures > MOST_FAILURES) throw error;
      await clock.sleep(FIRST_DELAY_MS * 2 ** failures, signal);
    }
  }
}

/** Asks the Pods of the Runtime, the one that ran the Run first: all of them have the store. */
async function open(run: Run, ref: ArtifactRef, start: number, deps: SourceDeps): Promise<AsyncIterable<Uint8Array>> {
  const { location } = ref;
  let last: unknown;
  const pods = await readyPods(run, deps);
  for (const pod of pods) {
    try {
      return await deps.clients.podArtifact(pod, { location, start, signal: deps.signal });
    } catch (error) {
      deps.signal.throwIfAborted();
      if (error instanceof ApiError && error.status === 403) throw error;
      last = error;
    }
  }
  const { runtime } = run.spec;
  if (pods.length === 0) {
    const hint = `they come with its Pods: kubectl scale runtime/${runtime} --replicas=1`;
    throw unavailableError(`no Pod of Runtime ${runtime} is ready, and artifacts are read through one`, hint);
  }
  // an answer of the Pod's own: the API server names what it misses
  const isLost = isNotFound(last) && !(last as ApiError).body.details;
  if (isLost) throw internalError(`artifact ${ref.name} of Run ${run.metadata.name} is not in the store any more`);
  throw last;
}

async function readyPods(run: Run, { clients, signal }: SourceDeps): Promise<Pod[]> {
  const labelSelector = `${LABEL_RUNTIME}=${run.spec.runtime}`;
  const { items } = await clients.pods.list(run.metadata.namespace, { labelSelector, signal });
  const own = (pod: Pod) => Number(pod.metadata.uid === run.status?.assignedPodUID);
  return items.filter(isPodReady).sort((a, b) => own(b) - own(a));
}
