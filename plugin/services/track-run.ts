import type { ResourceClient } from '../../crds/client/resource-client.ts';
import { isTerminal, type Run } from '../../crds/v1alpha1/run.ts';
import { type TrackDeps, type Tracked, track } from './track.ts';

/** One Run, kept up to date to its end. */
export type TrackedRun = Tracked<Run>;

/** Follows `run` to its end; to be stopped when it is no longer looked at. */
export function trackRun(
  run: Run,
  { runs, ...deps }: Omit<TrackDeps<Run>, 'client' | 'isOver'> & { runs: ResourceClient<Run> },
): TrackedRun {
  return track(run, { ...deps, client: runs, isOver: isTerminal });
}
