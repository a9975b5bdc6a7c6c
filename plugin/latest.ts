import { listAll } from '../crds/client/resource-client.ts';
import type { Run } from '../crds/v1alpha1/run.ts';
import type { Context } from './context.ts';
import { usageError } from './errors.ts';

/** The word that stands for the name of the Run that was made last. */
export const LATEST = '@latest';

const IS_LATEST = /^((?:runs?|rn)\/)?@latest$/;

/** `words` with the name of the newest Run of the namespace in place of `@latest` and `run/@latest`. */
export async function expandLatest(
  words: readonly string[],
  { cluster, signal }: Pick<Context, 'cluster' | 'signal'>,
): Promise<string[]> {
  if (!words.some(word => IS_LATEST.test(word))) return [...words];
  const { clients, namespace } = await cluster();
  const { items } = await listAll(clients.runs, namespace, { signal });
  const newest = items.toSorted(byAge).at(-1)?.metadata.name;
  if (newest === undefined)
    throw usageError(`${LATEST}: there is no Run in namespace ${namespace}`, undefined, 'NotFound');
  return words.map(word => word.replace(IS_LATEST, (_, kind = '') => `${kind}${newest}`));
}

/** Creation is told in seconds; within one, most likely who was scheduled later was made later. */
function byAge(a: Run, b: Run): number {
  const time = ({ metadata, status }: Run) => `${metadata.creationTimestamp} ${status?.scheduledTime ?? '~'}`;
  return time(a) < time(b) ? -1 : 1;
}
