import { constants } from 'node:os';
import { REASONS, type RunReason } from '../../crds/v1alpha1/reasons.ts';
import { isTerminal, phaseOf, type Run } from '../../crds/v1alpha1/run.ts';
import { EXIT } from '../exit-codes.ts';
import { sanitise } from '../terminal/sanitise.ts';

/** Reasons of a program that ran to its own end: its exit code is what a script wants to see. */
const OWN_END: readonly RunReason[] = ['Completed', 'ExitCode', 'Signal', 'OutOfMemory'];

/** How a command ends that waited for `run`: as DESIGN's table has it. */
export function exitCodeOf(run: Run): number {
  const { exitCode = 0, reason, signal } = run.status ?? {};
  switch (phaseOf(run)) {
    case 'Succeeded':
      return exitCode;
    case 'Timeout':
      return EXIT.timeout;
    case 'Cancelled':
      return EXIT.cancelled;
    case 'Failed':
      if (!reason || !OWN_END.includes(reason)) return EXIT.internal;
      return exitCode || codeOfSignal(signal) || EXIT.internal;
    default:
      return EXIT.internal;
  }
}

/** What to tell a person of the end of `run`; undefined where the program's own output and exit code say it all. */
export function endText(run: Run): string | undefined {
  const { reason, message } = run.status ?? {};
  const name = run.metadata.name;
  if (!isTerminal(run)) return `Run ${name} was deleted before it ended`;
  if (phaseOf(run) === 'Succeeded' || reason === 'ExitCode') return undefined;
  const why = message || (reason && REASONS[reason]?.meaning) || 'it gave no reason';
  const label = phaseOf(run) === 'Failed' && reason ? `Failed, ${reason}` : phaseOf(run);
  return sanitise(`Run ${name}: ${label}: ${why}`);
}

/** 128 + N, as shells have it: for a Runtime Server that tells the signal alone. */
function codeOfSignal(signal: string | undefined): number {
  const number = constants.signals[signal as NodeJS.Signals] as number | undefined;
  return number === undefined ? 0 : 128 + number;
}
