import type { Change } from '../store/history.ts';
import type { ApiContext } from '../verbs/context.ts';
import { CRDS, emptyCrd, followCrds, serveCrd } from './crds.ts';
import { sweepEvents } from './events.ts';
import { collectAllGarbage, collectGarbage } from './garbage.ts';
import { emptyNamespace, followNamespaces } from './namespaces.ts';

/** So many changes are followed up before the next request is read. */
const SLICE = 50;

/**
 * What the controllers of a real control plane do behind the API: CRDs are served, namespaces filled and emptied,
 * orphans collected, old Events dropped. Runs until the context's signal aborts.
 */
export function startUpkeep(context: ApiContext): void {
  const { store, signal } = context;
  for (const stored of store.list(CRDS)) serveCrd(context, { revision: 0, type: 'ADDED', stored, before: undefined });
  store.subscribe(CRDS, change => serveCrd(context, change));
  const work: Work = { changes: [], namespaces: new Set(), crds: new Set() };
  let isAwaited = false;
  // outside of the request that made the change, a slice a turn
  const wake = () => {
    if (isAwaited || signal.aborted) return;
    isAwaited = true;
    setImmediate(() => {
      isAwaited = false;
      if (!signal.aborted) takeSlice(context, work);
      if (work.changes.length + work.namespaces.size + work.crds.size > 0) wake();
    });
  };
  store.subscribe(undefined, change => {
    work.changes.push(change);
    wake();
  });
  for (const { name, object } of store.list('/namespaces')) {
    if (object.metadata.deletionTimestamp) work.namespaces.add(name);
  }
  for (const { name, object } of store.list(CRDS)) if (object.metadata.deletionTimestamp) work.crds.add(name);
  wake();
  void sweepEvents(context);
}

/** What may have been left half done when the last process ended. */
export function catchUp(context: ApiContext): void {
  collectAllGarbage(context);
}

interface Work {
  readonly changes: Change[];
  /** Those that are being deleted and may have something to delete in them. */
  readonly namespaces: Set<string>;
  readonly crds: Set<string>;
}

function takeSlice(context: ApiContext, { changes, namespaces, crds }: Work): void {
  for (const change of changes.splice(0, SLICE)) {
    attempt(context, change.stored.name, () => {
      const crd = followCrds(context, change);
      if (crd !== undefined) crds.add(crd);
      const namespace = followNamespaces(context, change);
      if (namespace !== undefined) namespaces.add(namespace);
      collectGarbage(context, change);
    });
  }
  // once for all the changes of a slice: a namespace of thousands of objects is not looked through for each
  for (const [containers, clear] of [
    [namespaces, emptyNamespace],
    [crds, emptyCrd],
  ] as const) {
    for (const name of [...containers]) {
      containers.delete(name);
      attempt(context, name, () => {
        if (clear(context, name) === 'more') containers.add(name);
      });
    }
  }
}

function attempt({ log }: ApiContext, name: string, act: () => void): void {
  try {
    act();
  } catch (err) {
    log.error({ err, object: name }, 'upkeep failed on a change');
  }
}
