import type { Run } from '../../../crds/v1alpha1/run.ts';
import type { LogOutput } from '../../terminal/log-output.ts';
import { LineFormatter, type LineMarks } from './log-format.ts';
import type { LogRecord } from './log-record.ts';
import { type ReadLogsDeps, type ReadLogsOptions, readLogs } from './read-logs.ts';

/** What of a Run's logs to show, and how. */
export interface LogsOptions extends ReadLogsOptions {
  readonly timestamps: boolean;
  readonly prefix: boolean;
}

/** What showing logs needs. */
export interface LogsDeps extends Omit<ReadLogsDeps, 'emit' | 'onEnd'> {
  readonly output: LogOutput;
  /** Whether the lines of other Runs are written between those of this one. */
  readonly isOneOfMany: boolean;
}

/** Shows the logs of `run` and gives its last copy; an error says what could not be shown. */
export function showLogs(run: Run, options: LogsOptions, { output, ...deps }: LogsDeps): Promise<Run> {
  const printer = new Printer(marksOf(run, options, deps), output);
  return readLogs(run, options, { ...deps, emit: record => printer.print(record), onEnd: () => printer.end() });
}

function marksOf(
  { metadata }: Run,
  { timestamps, prefix }: LogsOptions,
  { isOneOfMany }: Pick<LogsDeps, 'isOneOfMany'>,
): LineMarks {
  return { timestamps, prefix: prefix ? `[${metadata.name}]` : undefined, wholeLines: isOneOfMany };
}

/** Writes records as lines. */
class Printer {
  readonly #formatter: LineFormatter;
  readonly #output: LogOutput;

  constructor(marks: LineMarks, output: LogOutput) {
    this.#formatter = new LineFormatter(marks);
    this.#output = output;
  }

  print(record: LogRecord): Promise<void> | undefined {
    return this.#output.write(record.stream === 'stderr' ? 'stderr' : 'stdout', this.#formatter.push(record));
  }

  async end(): Promise<void> {
    for (const stream of ['stdout', 'stderr'] as const) await this.#output.write(stream, this.#formatter.end(stream));
  }
}
