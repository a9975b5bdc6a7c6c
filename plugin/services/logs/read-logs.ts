import type { Clock } from '../../../crds/client/clock.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { isTerminal, maxAttempts, type Run } from '../../../crds/v1alpha1/run.ts';
import { internalError, usageError } from '../../errors.ts';
import { asItIs } from '../track.ts';
import { trackRun } from '../track-run.ts';
import { lastAttempt } from './attempt-place.ts';
import { LineTail } from './line-tail.ts';
import type { LogRecord } from './log-record.ts';
import { type LogClients, readDeps } from './read-deps.ts';
import type { Emit } from './read-once.ts';
import { type AttemptRange, type MissingOutput, RunLogReader } from './read-run.ts';

/** What of a Run's logs to read. */
export interface ReadLogsOptions {
  /** Go on until the Run has ended. */
  readonly follow: boolean;
  readonly attempt?: number | undefined;
  /** The attempt before the last one. */
  readonly previous: boolean;
  /** Only so many lines of what there is already. */
  readonly tail?: number | undefined;
  /** Only lines younger than this, in milliseconds. */
  readonly sinceMs?: number | undefined;
}

/** What reading logs needs. */
export interface ReadLogsDeps {
  readonly clients: LogClients & Pick<Clients, 'serverTime'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Where the records go, in their order. */
  readonly emit: Emit;
  /** Called once all records are out, before what is missing is told. */
  readonly onEnd?: () => Promise<void>;
}

/** Reads the logs of `run` and gives its last copy; an error says what could not be read. */
export async function readLogs(run: Run, options: ReadLogsOptions, deps: ReadLogsDeps): Promise<Run> {
  const { clients, clock, signal } = deps;
  const range = rangeOf(run, options);
  const tracked = options.follow ? trackRun(run, { runs: clients.runs, clock, signal }) : asItIs(run);
  const tail = options.tail === undefined ? undefined : new LineTail(options.tail);
  let isTail = tail !== undefined;
  // lines tell the time of their Pod: a clock of the cluster's is more likely to agree with it than this machine's
  const now = clients.serverTime() ?? clock.now();
  const oldest = options.sinceMs === undefined ? undefined : new Date(now - options.sinceMs).toISOString();
  const emit = (record: LogRecord) => {
    if (oldest !== undefined && record.time < oldest) return undefined;
    if (!tail || !isTail) return deps.emit(record);
    tail.push(record);
    return undefined;
  };
  try {
    const reader = new RunLogReader(tracked, readDeps(clients, { clock, signal, emit }), range);
    const missing: MissingOutput[] = tail || !options.follow ? await reader.snapshot() : [];
    isTail = false;
    for (const record of tail?.take() ?? []) await deps.emit(record);
    if (options.follow) missing.push(...(await reader.follow()));
    await deps.onEnd?.();
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

function rangeOf(run: Run, { attempt, previous, follow }: ReadLogsOptions): AttemptRange {
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

function missingError({ metadata, spec, status }: Run, missing: readonly MissingOutput[]): Error {
  const parts = missing.map(({ attempt, why }) => `attempt ${attempt}: ${why}`);
  const message = `not all of the output of Run ${metadata.name} can be shown: ${parts.join('; ')}`;
  if (status?.logRef?.archive !== undefined) return internalError(message);
  return internalError(message, `with an artifactStore, Runtime ${spec.runtime} would keep logs beyond its Pods`);
}
