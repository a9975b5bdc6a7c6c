import type { Run } from '../../../crds/v1alpha1/run.ts';
import { KrtError, usageError } from '../../errors.ts';
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
  const failures: unknown[] = [];
  const show = async (run: Run) => {
    try {
      return await showLogs(run, options, { ...deps, isOneOfMany });
    } catch (error) {
      deps.signal.throwIfAborted();
      failures.push(error);
      return run;
    }
  };
  const byAge = runs.toSorted((a, b) => ageOf(a) - ageOf(b));
  const shown: Run[] = [];
  if (isOneOfMany) shown.push(...(await Promise.all(byAge.map(show))));
  else for (const run of byAge) shown.push(await show(run));
  if (failures.length > 0) throw combine(failures);
  return shown;
}

const ageOf = (run: Run) => Date.parse(run.metadata.creationTimestamp ?? '') || 0;

/** One error for all: where they are of one kind only their texts differ. */
function combine(failures: readonly unknown[]): unknown {
  const [first, ...others] = failures;
  if (others.length === 0 || !(first instanceof KrtError)) return first;
  const texts = failures.map(failure => (failure as Error).message);
  return new KrtError(texts.join('\n'), { sort: first.sort, code: first.code, exitCode: first.exitCode, cause: first });
}
