import { isConflict, isNotFound } from '../../crds/client/api-error.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Pod } from '../../crds/client/resources.ts';

/** Deletes this very Pod; fine when it is gone, or another has its name by now. */
export async function deletePod(client: ResourceClient<Pod>, { metadata }: Pod, signal: AbortSignal): Promise<void> {
  const { name = '', namespace = '', uid = '' } = metadata;
  try {
    await client.delete(name, namespace, { preconditions: { uid }, signal });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
