import type { Logger } from 'pino';
import { reflect } from '../../../crds/client/reflector.ts';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import { isHeld, releaseRun } from '../../../crds/client/run-finalizer.ts';
import { RUN_PHASES, type Run, TERMINAL_PHASES } from '../../../crds/v1alpha1/run.ts';
import type { ArtifactStore as StoreSpec } from '../../../crds/v1alpha1/runtime.ts';
import type { Clock } from '../../lib/clock.ts';
import { makeKeyLoop } from '../../lib/key-loop.ts';
import { isStoredIn } from '../../lib/stored-in.ts';
import type { ArtifactStore } from './store.ts';

/** What following needs. */
export interface RemoveOptions {
  readonly store: ArtifactStore;
  /** What the Runtime says of it. */
  readonly storeSpec: StoreSpec | undefined;
  readonly runs: ResourceClient<Run>;
  /** The Pod of this process. */
  readonly pod: { readonly namespace: string; readonly uid: string };
  /** Name of the Runtime whose Runs these are. */
  readonly runtime: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly onRetry: (error: unknown, delayMs: number) => void;
}

/** How long the Pod that ran a Run may take before the others of its Runtime try; each waits up to twice as long. */
const OTHERS_MS = 2000;

/**
 * Deletes what Runs that are being deleted have in the store, and then lets them go, until the signal aborts. Each Pod
 * of the Runtime does so: twice is no more than once. A store that refuses is asked again, for as long as the Run is
 * there; the controller sees to it that this is not for ever.
 */
export async function removeWithRuns(options: RemoveOptions): Promise<void> {
  const { runs: client, pod, runtime, clock, random, signal, log, onRetry } = options;
  /** By UID; they have ended, so nothing is stored for them any more. */
  const leaving = new Map<string, Run>();
  const reconcile = async (uid: string) => {
    if (!leaving.has(uid)) return undefined;
    await options.store.remove(uid);
    // by its newest copy, which may have come meanwhile
    const run = leaving.get(uid);
    if (run) await releaseRun(client, run, signal); // gone: another Pod of the Runtime was first
    leaving.delete(uid);
    log.info({ run: run?.metadata.name, uid }, 'what a Run had in the store was deleted with it');
    return undefined;
  };
  // few at a time: whoever deletes thousands of Runs is not to slow the store for those that run
  const loop = makeKeyLoop({ name: 'leaving-runs', workers: 2, clock, random, signal, log, reconcile });
  loop.start();
  const see = (run: Run) => {
    const uid = run.metadata.uid ?? '';
    if (!run.metadata.deletionTimestamp || !isHeld(run) || !isStoredIn(run, options.storeSpec)) return;
    const isNew = !leaving.has(uid);
    leaving.set(uid, run);
    if (!isNew) return;
    if (run.status?.assignedPodUID === pod.uid) loop.add(uid);
    else loop.addAfter(uid, OTHERS_MS * (1 + random()));
  };
  const fieldSelector = `spec.runtime=${runtime},${ENDED}`;
  for await (const event of reflect({ client, clock, signal, namespace: pod.namespace, fieldSelector, onRetry })) {
    if (event.type === 'changed') see(event.object);
    else if (event.type === 'deleted') leaving.delete(event.object.metadata.uid ?? '');
    else {
      const listed = new Set(event.objects.map(({ metadata }) => metadata.uid));
      for (const uid of leaving.keys()) if (!listed.has(uid)) leaving.delete(uid);
      event.objects.forEach(see);
    }
  }
}

/** A field selector of the Runs that have ended. */
const ENDED = RUN_PHASES.filter(phase => !(TERMINAL_PHASES as readonly string[]).includes(phase))
  .map(phase => `status.phase!=${phase}`)
  .join(',');
