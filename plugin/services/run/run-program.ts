import type { Run } from '../../../crds/v1alpha1/run.ts';
import { endText, exitCodeOf } from '../run-outcome.ts';
import { type AttachDeps, attachRun } from './attach-run.ts';
import { onAbort } from './on-abort.ts';
import { submitRun } from './submit-run.ts';

/** What running a program needs. */
export interface ProgramDeps extends AttachDeps {
  readonly namespace: string;
  readonly random: () => number;
  /** Whether to stay until the Run has ended. */
  readonly attach: boolean;
}

/** What became of it: the Run as it was made or, where it was attached to, as it ended. */
export interface ProgramEnd {
  readonly run: Run;
  readonly exitCode: number;
  /** For a person, where exit code and output do not say it all. */
  readonly text: string | undefined;
}

/** Makes the Run of `draft` and, unless it is to be left alone, stays with it to its end. */
export async function runProgram(draft: Run, deps: ProgramDeps): Promise<ProgramEnd> {
  const made = await make(draft, deps);
  if (!deps.attach) return { run: made, exitCode: 0, text: undefined };
  const run = await attachRun(made, deps);
  return { run, exitCode: exitCodeOf(run), text: endText(run) };
}

/**
 * Not ended by the first interrupt: the request may be on its way, and whoever interrupts wants to know what was made.
 * The second ends the process.
 */
async function make(draft: Run, { clients, clock, random, namespace, signal, progress }: ProgramDeps): Promise<Run> {
  signal.throwIfAborted();
  const tell = () => progress.note('waiting for the API server to answer; press Ctrl-C again to leave at once');
  const unsubscribe = onAbort(signal, tell);
  try {
    return await submitRun(draft, {
      runs: clients.runs,
      namespace,
      clock,
      random,
      signal: new AbortController().signal,
    });
  } finally {
    unsubscribe();
  }
}
