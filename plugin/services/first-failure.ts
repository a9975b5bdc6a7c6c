import { adviseOn } from '../api-advice.ts';
import { KrtError } from '../errors.ts';

/** The values of `results`. Throws one error for all that failed: where they are of one kind, it has all their texts. */
export function firstFailure<T>(results: readonly PromiseSettledResult<T>[], signal: AbortSignal): T[] {
  signal.throwIfAborted();
  const failures = results.filter(result => result.status === 'rejected').map(({ reason }) => adviseOn(reason));
  if (failures.length > 0) throw combine(failures);
  return results.map(result => (result as PromiseFulfilledResult<T>).value);
}

function combine(failures: readonly unknown[]): unknown {
  const [first, ...others] = failures;
  if (others.length === 0 || !(first instanceof KrtError)) return first;
  const texts = new Set(failures.map(failure => (failure as Error).message));
  const { sort, code, exitCode, hint } = first;
  return new KrtError([...texts].join('\n'), { sort, code, exitCode, hint, cause: first });
}
