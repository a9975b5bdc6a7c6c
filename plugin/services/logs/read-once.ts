import { ApiError, isNotFound, isTransient } from '../../../crds/client/api-error.ts';
import type { PodLogOptions } from '../../../crds/client/pod-log.ts';
import { readLines } from '../../../crds/client/read-lines.ts';
import type { LineSequence } from './line-sequence.ts';
import { type LogRecord, parseRecord, timeOf } from './log-record.ts';

/** Opens the log of one container of a Pod: `podLog` of the clients. */
export type OpenLog = (pod: string, namespace: string, options: PodLogOptions) => Promise<AsyncIterable<Uint8Array>>;

/** Where shown records go; a promise asks to wait until more is taken. */
export type Emit = (record: LogRecord) => Promise<void> | undefined;

/** One log to read for the records of one attempt. */
export interface LogSource {
  readonly pod: string;
  readonly namespace: string;
  readonly query: PodLogOptions;
  readonly uid: string;
  readonly attempt: number;
  /** Whether to go on where records are missing before one that is there. */
  readonly allowGaps: boolean;
}

/** What is asked, and told, while a log is read. */
export interface ReadHooks {
  readonly open: OpenLog;
  readonly emit: Emit;
  readonly sequence: LineSequence;
  /** Whether all of the attempt is shown. */
  isComplete(): boolean;
  /** The instant (milliseconds) of a line that can only stand behind the attempt's last record, once that is known. */
  past(): number | undefined;
  /** Told of bytes that came: the log is not idle. */
  onProgress(): void;
}

/**
 * How reading went. `complete`: all is shown. `end`: the log has no more now. `gap`: records are missing before the
 * next one. `gone`: there is no such Pod. `none`: there is no such log. `trouble`: another try may do better.
 */
export type ReadEnd =
  | { readonly end: 'complete' | 'end' | 'gap' | 'gone' | 'none' }
  | { readonly end: 'trouble'; readonly error: unknown };

/** Reads a log once and shows what was not shown yet. Throws what no other try can heal, and the signal's reason. */
export async function readOnce(source: LogSource, hooks: ReadHooks): Promise<ReadEnd> {
  const { pod, namespace, query } = source;
  let stream: AsyncIterable<Uint8Array>;
  try {
    stream = await hooks.open(pod, namespace, query);
  } catch (error) {
    query.signal?.throwIfAborted();
    if (isNotFound(error)) return { end: 'gone' };
    // it has not started yet, or there was no instance before it
    if (error instanceof ApiError && error.status === 400) return { end: 'none' };
    if (isTransient(error)) return { end: 'trouble', error };
    throw error;
  }
  const cut: { error?: unknown } = {};
  const lines = readLines(untilCut(stream, cut, hooks), { dropPartial: true });
  const end = await show(lines, source, hooks);
  if (end) return { end };
  query.signal?.throwIfAborted();
  return 'error' in cut ? { end: 'trouble', error: cut.error } : { end: 'end' };
}

/** Ends the stream where it breaks, so that what arrived before is used and errors of ours are not taken for its. */
async function* untilCut(
  stream: AsyncIterable<Uint8Array>,
  cut: { error?: unknown },
  { onProgress }: ReadHooks,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) {
      onProgress();
      yield chunk;
    }
  } catch (error) {
    cut.error = error;
  }
}

async function show(
  lines: AsyncIterable<string>,
  { uid, attempt, allowGaps }: LogSource,
  { sequence, emit, isComplete, past }: ReadHooks,
): Promise<'complete' | 'end' | 'gap' | undefined> {
  for await (const line of lines) {
    const record = parseRecord(line, uid);
    if (record?.attempt !== attempt) {
      const limit = past();
      if (limit !== undefined && (timeOf(line) ?? 0) > limit) return 'end';
      continue;
    }
    const verdict = sequence.judge(record);
    if (verdict === 'repeated') continue;
    if (verdict === 'gap' && !allowGaps) return 'gap';
    sequence.take(record);
    const full = record.stream === 'end' ? undefined : emit(record);
    if (full) await full;
    if (isComplete()) return 'complete';
  }
  return undefined;
}
