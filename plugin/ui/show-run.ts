import type { Run } from '../../crds/v1alpha1/run.ts';
import type { Context } from '../context.ts';
import type { OutputFormat } from '../printers/output-format.ts';

/** Prints `run` in the format of `-o`, or `line` where none is given. Printers are imported when they are needed. */
export async function showRun(
  context: Context,
  run: Run,
  format: OutputFormat | undefined,
  line: string,
): Promise<void> {
  const { stdout, clock } = context;
  if (!format) return stdout.write(`${line}\n`);
  const [{ printObject }, { RUNS }] = await Promise.all([
    import('../printers/output.ts'),
    import('../printers/runs.ts'),
  ]);
  const options = { format, isTTY: stdout.isTTY, colour: stdout.colour, now: clock.now() };
  return stdout.write(printObject(run, RUNS, options));
}
