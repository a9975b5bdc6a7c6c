import type { Attempt } from '../attempt.ts';
import type { Context } from '../context.ts';
import { LogLines } from './log-line.ts';
import { RunLog } from './run-log.ts';

/** The log of an attempt; `adopted`: an earlier process has written a part of it; `archived`: or all, and stored it. */
export function openRunLog(
  attempt: Attempt,
  { adopted, archived }: { readonly adopted: boolean; readonly archived: boolean },
  context: Context,
): RunLog {
  const { logWriter, clock, tuning, cuts, metrics, pod } = context;
  return new RunLog({
    writer: logWriter,
    lines: new LogLines(attempt, pod.name),
    clock,
    capBytes: tuning.logCapBytes,
    flushMs: tuning.flushMs,
    adopted,
    spool: archived ? undefined : context.spools?.make(attempt.id),
    cuts: adopted ? cuts.read(attempt.id) : [],
    onCut: cut => cuts.note(attempt.id, cut),
    onLines: (lines, bytes) => {
      metrics.lines.inc(lines);
      metrics.bytes.inc(bytes);
    },
  });
}
