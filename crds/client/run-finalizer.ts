import { FINALIZER_ARTIFACTS } from '../v1alpha1/names.ts';
import type { Run } from '../v1alpha1/run.ts';
import { isNotFound } from './api-error.ts';
import type { ResourceClient } from './resource-client.ts';

/** Whether the Run stays until what it has in the ArtifactStore is deleted. */
export function isHeld({ metadata }: Run): boolean {
  return metadata.finalizers?.includes(FINALIZER_ARTIFACTS) ?? false;
}

/**
 * Adds or takes away krt's finalizer, on the condition that the Run is still the version given, and that very Run.
 * A write of its own: the API server takes no metadata with a status. Throws what the client throws.
 */
export function setHeld(client: ResourceClient<Run>, run: Run, held: boolean, signal: AbortSignal): Promise<Run> {
  const { name = '', namespace, uid, resourceVersion, finalizers = [] } = run.metadata;
  const others = finalizers.filter(finalizer => finalizer !== FINALIZER_ARTIFACTS);
  const next = held ? [...others, FINALIZER_ARTIFACTS] : others;
  return client.patch(name, namespace, { metadata: { uid, resourceVersion, finalizers: next } }, { signal });
}

/** Takes krt's finalizer away; false where the Run was gone before. Throws what `setHeld` throws otherwise. */
export async function releaseRun(client: ResourceClient<Run>, run: Run, signal: AbortSignal): Promise<boolean> {
  try {
    await setHeld(client, run, false, signal);
    return true;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return false;
  }
}
