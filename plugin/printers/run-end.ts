import { phaseOf, type Run } from '../../crds/v1alpha1/run.ts';
import { sanitise } from '../terminal/sanitise.ts';

/** How `run` stands, in a line for whoever waited for it: `run.kruntimes.io/NAME Failed (ExitCode: exit code 3)`. */
export function endLine(run: Run): string {
  const { reason, message } = run.status ?? {};
  const phase = phaseOf(run);
  const parts = [reason === phase || reason === 'Completed' ? undefined : reason, message].filter(Boolean);
  const why = phase === 'Succeeded' || parts.length === 0 ? '' : ` (${parts.join(': ').replace(/\s*\n\s*/g, '; ')})`;
  return `run.kruntimes.io/${run.metadata.name} ${sanitise(`${phase}${why}`)}`;
}
