import { phaseOf, RUN_PHASES } from '../../crds/v1alpha1/run.ts';
import type { Mapped } from '../services/map/map-runs.ts';

/** How many of the Runs of a `krt map` ended how: `5 Runs: 3 Succeeded, 1 Failed, 1 not started`. */
export function mapSummary(results: readonly Mapped[]): string {
  const made = results.flatMap(({ run }) => (run ? [phaseOf(run)] : []));
  const counts = RUN_PHASES.map(phase => [made.filter(other => other === phase).length, phase] as const);
  const parts = [...counts, [results.length - made.length, 'not started'] as const].filter(([count]) => count > 0);
  return `${results.length} Runs: ${parts.map(part => part.join(' ')).join(', ')}\n`;
}
