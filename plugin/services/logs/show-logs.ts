import type { Clock } from '../../../crds/client/clock.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { isTerminal, maxAttempts, type Run } from '../../../crds/v1alpha1/run.ts';
import { internalError, usageError } from '../../errors.ts';
import type { LogOutput } from '../../terminal/log-output.ts';
import { asItIs } from '../track.ts';
import { trackRun } from '../track-run.ts';
import { lastAttempt } from './attempt-place.ts';
import { LineTail } from './line-tail.ts';
import { LineFormatter, type LineMarks } from './log-format.ts';
import type { LogRecord } from './log-record.ts';
import { type AttemptRange, type MissingOutput, RunLogReader } from './read-run.ts';

/** What of a Run's logs to show. */
export interface LogsOptions {
  /** Go on until the Run has ended. */
  readonly follow: boolean;
  readonly attempt?: number | undefined;
  /** The attempt before the last one. */
  readonly previous: boolean;
  /** Only so many lines of what there is already. */
  readonly tail?: number | undefined;
  /** Only lines younger than this, in milliseconds. */
  readonly sinceMs?: number | undefined;
  readonly timestamps: boolean;
  readonly prefix: boolean;
}

/** What showing logs needs. */
export interface LogsDeps {
  readonly clients: Pick<Clients, 'runs' | 'podLog'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly output: LogOutput;
  /** Whether the lines of other Runs are written between those of this one. */
  readonly isOneOfMany: boolean;
}

/** Shows the logs of `run` and gives its last copy; an error says what could not be shown. */
export async function showLogs(run: Run, options: LogsOptions, deps: LogsDeps): Promise<Run> {
  const { clients, clock, signal } = deps;
  const range = rangeOf(run, options);
  const tracked = options.follow ? trackRun(run, { runs: clients.runs, clock, signal }) : asItIs(run);
  const printer = new Printer(marksOf(run, options, deps), deps.output);
  const tail = options.tail === undefined ? undefined : new LineTail(options.tail);
  let isTail = tail !== undefined;
  const oldest = options.sinceMs === undefined ? undefined : new Date(clock.now() - options.sinceMs).toISOString();
  const emit = (record: LogRecord) => {
    if (oldest !== undefined && record.time < oldest) return undefined;
    if (!tail || !isTail) return printer.print(record);
    tail.push(record);
    return undefined;
  };
  try {
    const reader = new RunLogReader(tracked, { open: clients.podLog, clock, signal, emit }, range);
    const missing: MissingOutput[] = tail || !options.follow ? await reader.snapshot() : [];
    isTail = false;
    for (const record of tail?.take() ?? []) await printer.print(record);
    if (options.follow) missing.push(...(await reader.follow()));
    await printer.end();
    const last = tracked.latest;
    if (missing.length > 0) throw missingError(last, missing);
    if (options.follow && tracked.isGone && !isTerminal(last)) {
      throw internalError(`Run ${run.metadata.name} was deleted before it ended`);
    }
    return last;
  } finally {
    tracked.stop();
  }
}

function rangeOf(run: Run, { attempt, previous, follow }: LogsOptions): AttemptRange {
  const { name } = run.metadata;
  const last = lastAttempt(run);
  const had = last === 0 ? 'none yet' : `${last} so far`;
  if (previous) {
    if (last < 2)
      throw usageError(`Run ${name} has no attempt before its last: there ${last === 1 ? 'was one' : 'was none'}`);
    return { first: last - 1, last: last - 1 };
  }
  if (attempt === undefined) return {};
  const mayCome = follow && !isTerminal(run) && attempt <= maxAttempts(run);
  if (attempt < 1 || (attempt > last && !mayCome))
    throw usageError(`--attempt: Run ${name} has no attempt ${attempt} (${had})`);
  return { first: attempt, last: attempt };
}

function marksOf({ metadata }: Run, { timestamps, prefix }: LogsOptions, { isOneOfMany }: LogsDeps): LineMarks {
  return { timestamps, prefix: prefix ? `[${metadata.name}]` : undefined, wholeLines: isOneOfMany };
}

function missingError({ metadata }: Run, missing: readonly MissingOutput[]): Error {
  const parts = missing.map(({ attempt, why }) => `attempt ${attempt}: ${why}`);
  return internalError(`not all of the output of Run ${metadata.name} can be shown: ${parts.join('; ')}`);
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
