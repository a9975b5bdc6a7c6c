import type { Stored } from '../store/stored.ts';
import type { ResourceType } from '../types/resource-type.ts';
import type { ApiContext } from '../verbs/context.ts';
import { removeObject } from '../verbs/delete.ts';

/** How upkeep deletes. */
export const BACKGROUND = { dryRun: false, gracePeriodSeconds: undefined, propagationPolicy: 'Background' } as const;

/** So many deletions are begun before others get their turn. */
const SLICE = 100;

/** Whether a container is empty, still holds something, or holds more than one turn could delete. */
export type Emptiness = 'empty' | 'held' | 'more';

/** Begins the deletion of what is in a container and not being deleted yet. */
export function empty(context: ApiContext, content: Iterable<readonly [ResourceType, Stored]>): Emptiness {
  let begun = 0;
  let emptiness: Emptiness = 'empty';
  for (const [type, stored] of content) {
    if (begun === SLICE) return 'more';
    const isBegun = stored.object.metadata.deletionTimestamp !== undefined;
    if (isBegun || !removeObject(context, type, stored, BACKGROUND).isGone) emptiness = 'held';
    if (!isBegun) begun++;
  }
  return emptiness;
}
