import type { Condition } from './meta.ts';

/** The condition of that type, if there is one. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find(condition => condition.type === type);
}

/**
 * The conditions with `next` in place of the one of its type. `lastTransitionTime` is `now` (RFC 3339) when the
 * status changed, else it is kept; nothing else changes the order of the list.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  next: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): Condition[] {
  const old = findCondition(conditions, next.type);
  const condition = { ...next, lastTransitionTime: old?.status === next.status ? old.lastTransitionTime : now };
  if (!old) return [...(conditions ?? []), condition];
  return (conditions ?? []).map(other => (other === old ? condition : other));
}
