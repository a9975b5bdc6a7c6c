import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import { findCondition } from '../../../crds/v1alpha1/conditions.ts';
import { CONDITIONS, type PendingReason } from '../../../crds/v1alpha1/names.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import { suggest } from '../../suggest.ts';

/** Names that still make one line. */
const MOST_NAMES = 5;

/** For a Run whose Runtime is not there, which one was meant, or which there are; undefined where that can't be told. */
export async function nearRuntime(
  { spec, status, metadata: { namespace } }: Run,
  runtimes: ResourceClient<Runtime>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const reason: PendingReason = 'RuntimeNotFound';
  if (findCondition(status?.conditions, CONDITIONS.scheduled)?.reason !== reason) return undefined;
  try {
    const { items } = await runtimes.list(namespace, { limit: 100, signal });
    const names = items.map(({ metadata }) => metadata.name!);
    const near = suggest(spec.runtime, names);
    if (near) return `did you mean ${near}?`;
    if (names.length === 0) return 'there are none at all';
    return `there is ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ', …' : ''}`;
  } catch {
    return undefined; // it is a help, for which one may lack the right
  }
}
