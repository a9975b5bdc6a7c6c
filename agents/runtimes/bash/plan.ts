import type { Planner } from '../lib/execution.ts';
import { planWith } from '../lib/plan.ts';

/**
 * What the bash Runtime executes: files that do not say themselves how run as `bash <entrypoint> args...` with `shell`,
 * so a script needs neither a first line nor a mode.
 */
export function planBash({ searchPath, shell }: { searchPath: string; shell: string }): Planner {
  // Not a path as the script's name: messages of bash begin with the name as the user knows it.
  const interpret = (entrypoint: string, args: readonly string[]) => ({
    file: shell,
    argv0: shell,
    args: ['--', entrypoint, ...args],
  });
  return planWith({ searchPath, interpret });
}
