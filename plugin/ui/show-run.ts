import type { Run } from '../../crds/v1alpha1/run.ts';
import type { Context } from '../context.ts';
import { KrtError } from '../errors.ts';
import type { OutputFormat } from '../printers/output-format.ts';
import { endLine } from '../printers/run-end.ts';

/** Prints `run` in the format of `-o`, or `line` where none is given. Printers are imported when they are needed. */
export async function showRun(
  context: Context,
  run: Run,
  format: OutputFormat | undefined,
  line: string,
): Promise<void> {
  const { stdout, clock } = context;
  if (!format) return stdout.write(`${line}\n`);
  const [{ objectText }, { RUNS }] = await Promise.all([import('./object-text.ts'), import('../printers/runs.ts')]);
  const options = { format, isTTY: stdout.isTTY, colour: stdout.colour, now: clock.now() };
  return stdout.write(await objectText(context, run, RUNS, options));
}

/**
 * Prints outputs of a Run that has ended with `exitCode`. A script sees nothing else of it, so stderr tells of a bad
 * end; its exit code then says more than that an output is missing.
 */
export async function showOutputs(context: Context, run: Run, format: OutputFormat, exitCode: number): Promise<Run> {
  const line = endLine(run);
  if (exitCode !== 0) await context.stderr.write(`${line}\n`);
  try {
    await showRun(context, run, format, line);
  } catch (error) {
    if (exitCode === 0 || !(error instanceof KrtError && error.code === 'NoSuchOutput')) throw error;
  }
  return run;
}
