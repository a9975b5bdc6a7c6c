import type { Clock } from '../../../crds/client/clock.ts';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import { ACTIVE_RUNS_SELECTOR, type Run } from '../../../crds/v1alpha1/run.ts';
import { placeInQueue, type QueuePlace } from '../describe/pool.ts';
import { watchObjects } from '../objects/watch.ts';

/** What watching needs. */
export interface QueueDeps {
  readonly runs: ResourceClient<Run>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Where a Run stands among those that wait for its Runtime, as long as it is watched. */
export interface WatchedQueue {
  /** undefined: not known yet, or one may not look. */
  placeOf(run: Run): QueuePlace | undefined;
  stop(): void;
}

/** Watches the Runs that compete with `run`, until it is stopped or the signal aborts. */
export function watchQueue(run: Run, { runs, clock, ...deps }: QueueDeps): WatchedQueue {
  const stop = new AbortController();
  const signal = AbortSignal.any([deps.signal, stop.signal]);
  let known: Map<string, Run> | undefined;
  const fieldSelector = `spec.runtime=${run.spec.runtime},${ACTIVE_RUNS_SELECTOR}`;
  async function follow(): Promise<void> {
    const { namespace } = run.metadata;
    for await (const { objects, gone } of watchObjects(runs, { namespace, fieldSelector, clock, signal })) {
      known ??= new Map();
      for (const other of objects) {
        if (gone) known.delete(other.metadata.uid ?? '');
        else known.set(other.metadata.uid ?? '', other);
      }
    }
  }
  follow().catch(() => {
    known = undefined; // the place is a help: whoever may not list Runs, or has lost the server, does without
  });
  return {
    placeOf: latest => known && placeInQueue(latest, [...known.values()]),
    stop: () => stop.abort(),
  };
}
