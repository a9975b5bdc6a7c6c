import type { Change } from '../store/history.ts';
import type { ApiContext } from '../verbs/context.ts';
import { CRDS, followCrds, serveCrd } from './crds.ts';
import { collectAllGarbage, collectGarbage } from './garbage.ts';
import { emptyNamespace, followNamespaces } from './namespaces.ts';

/** Events are kept for an hour, as kube-apiserver keeps them. */
const EVENT_TTL_MS = 60 * 60 * 1000;
const SWEEP_MS = 60_000;
/** A flood of Events is bounded too. */
const MOST_EVENTS = 5_000;

/**
 * What the controllers of a real control plane do behind the API: CRDs are served, namespaces filled and emptied,
 * orphans collected, old Events dropped. Runs until the context's signal aborts.
 */
export function startUpkeep(context: ApiContext): void {
  const { store, log, signal } = context;
  for (const stored of store.list(CRDS)) serveCrd(context, { revision: 0, type: 'ADDED', stored, before: undefined });
  store.subscribe(CRDS, change => serveCrd(context, change));
  const pending: Change[] = [];
  const drain = () => {
    // follow-up changes are appended while this runs
    for (let change = pending.shift(); change && !signal.aborted; change = pending.shift()) {
      try {
        followCrds(context, change);
        followNamespaces(context, change);
        collectGarbage(context, change);
      } catch (err) {
        log.error({ err, object: change.stored.name }, 'upkeep failed on a change');
      }
    }
  };
  store.subscribe(undefined, change => {
    // outside of the request that made the change, and before the next one is read
    if (pending.push(change) === 1) setImmediate(drain);
  });
  void sweepEvents(context);
}

/** What may have been left half done when the last process ended. */
export function catchUp(context: ApiContext): void {
  collectAllGarbage(context);
  for (const { name, object } of context.store.list('/namespaces')) {
    if (object.metadata.deletionTimestamp) emptyNamespace(context, name);
  }
}

async function sweepEvents({ store, clock, log, signal }: ApiContext): Promise<void> {
  while (!signal.aborted) {
    try {
      await clock.sleep(SWEEP_MS, signal);
    } catch {
      return; // the server closes: sleep rejects for no other reason
    }
    try {
      const events = store.list('/events').sort((a, b) => a.revision - b.revision);
      events.forEach((event, index) => {
        const created = Date.parse(event.object.metadata.creationTimestamp ?? '');
        if (clock.now() - created > EVENT_TTL_MS || index < events.length - MOST_EVENTS) store.remove(event);
      });
    } catch (err) {
      log.error({ err }, 'old Events could not be removed');
    }
  }
}
