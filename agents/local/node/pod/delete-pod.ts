import { isConflict, isNotFound } from '../../../../crds/client/api-error.ts';
import type { Pod } from '../../../../crds/client/resources.ts';
import type { NodeContext } from '../context.ts';

const RETRY_MS = 1_000;

/** Tells the API server that nothing of the Pod is left, until it hears or `given up` says that it need not. */
export async function deletePod(
  { clients, clock, log }: Pick<NodeContext, 'clients' | 'clock' | 'log'>,
  { metadata }: Pod,
  givenUp: () => boolean,
): Promise<void> {
  const { name = '', namespace, uid = '' } = metadata;
  while (!givenUp()) {
    try {
      await clients.pods.delete(name, namespace, { gracePeriodSeconds: 0, preconditions: { uid } });
      return;
    } catch (error) {
      // gone, or another Pod of that name is there already
      if (isNotFound(error) || isConflict(error)) return;
      log.warn({ err: error, pod: name }, 'a Pod was not deleted');
    }
    await clock.sleep(RETRY_MS);
  }
}
