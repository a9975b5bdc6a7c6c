import type { Run } from '../../../crds/v1alpha1/run.ts';
import { usageError } from '../../errors.ts';
import { firstFailure } from '../first-failure.ts';
import { type LogsDeps, type LogsOptions, showLogs } from './show-logs.ts';

/** Each Run that is followed holds two connections. */
const MOST_FOLLOWED = 50;

/**
 * Shows the logs of many Runs: one behind the other, oldest first, or, where they are followed, line by line as they
 * appear. Throws what could not be shown when all else is.
 */
export async function showManyLogs(
  runs: readonly Run[],
  options: LogsOptions,
  deps: Omit<LogsDeps, 'isOneOfMany'>,
): Promise<Run[]> {
  const isOneOfMany = options.follow && runs.length > 1;
  if (isOneOfMany && runs.length > MOST_FOLLOWED) {
    throw usageError(
      `${runs.length} Runs are too many to follow at once (at most ${MOST_FOLLOWED})`,
      'narrow the selector',
    );
  }
  const byAge = runs.toSorted((a, b) => ageOf(a) - ageOf(b));
  const show = (run: Run) => showLogs(run, options, { ...deps, isOneOfMany });
  if (isOneOfMany) return firstFailure(await Promise.allSettled(byAge.map(show)), deps.signal);
  const results: PromiseSettledResult<Run>[] = [];
  for (const run of byAge) results.push(...(await Promise.allSettled([show(run)])));
  return firstFailure(results, deps.signal);
}

const ageOf = (run: Run) => Date.parse(run.metadata.creationTimestamp ?? '') || 0;
