import { isForbidden } from '../../../crds/client/api-error.ts';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import type { KubeEvent } from '../../../crds/client/resources.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';

/** Events of one object, oldest first, or why they can't be shown. */
export type EventsFound = { readonly events: readonly KubeEvent[] } | { readonly why: string };

/** Fetches the events about `object`; that one may not list events takes nothing from the rest. */
export async function fetchEvents(
  client: ResourceClient<KubeEvent>,
  { metadata }: KubeObject,
  signal: AbortSignal,
): Promise<EventsFound> {
  const fieldSelector = `involvedObject.uid=${metadata.uid}`;
  try {
    const { items } = await client.list(metadata.namespace, { fieldSelector, signal });
    return { events: items.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1)) };
  } catch (error) {
    if (isForbidden(error)) return { why: (error as Error).message };
    throw error;
  }
}

/** When it happened last; newer servers leave the old fields empty. */
export function timeOf(event: KubeEvent): string {
  return event.lastTimestamp ?? event.firstTimestamp ?? event.metadata.creationTimestamp ?? '';
}
