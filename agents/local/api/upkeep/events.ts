import type { ApiObject } from '../object.ts';
import type { ApiContext } from '../verbs/context.ts';

/** Events are kept for an hour, as kube-apiserver keeps them. */
const EVENT_TTL_MS = 60 * 60 * 1000;
const SWEEP_MS = 60_000;
/** A flood of Events is bounded too. */
const MOST_EVENTS = 5_000;

/** Drops old Events once a minute until the context's signal aborts. */
export async function sweepEvents(context: ApiContext): Promise<void> {
  const { clock, log, signal } = context;
  while (!signal.aborted) {
    try {
      await clock.sleep(SWEEP_MS, signal);
    } catch {
      return; // the server closes: sleep rejects for no other reason
    }
    try {
      sweep(context);
    } catch (err) {
      log.error({ err }, 'old Events could not be removed');
    }
  }
}

function sweep({ store, clock }: ApiContext): void {
  const events = store.list('/events').sort((a, b) => a.revision - b.revision);
  events.forEach((event, index) => {
    // an Event that is counted up again lives on
    const { lastTimestamp, metadata } = event.object as ApiObject & { lastTimestamp?: string };
    const age = clock.now() - Date.parse(lastTimestamp ?? metadata.creationTimestamp ?? '');
    if (age > EVENT_TTL_MS || index < events.length - MOST_EVENTS) store.remove(event);
  });
}
