/** One line, or a part of one, of a Run's output, as runtimed wrote it; stream `end` is behind the last one of an attempt. */
export interface LogRecord {
  /** RFC 3339, from the clock of the Pod. */
  readonly time: string;
  readonly attempt: number;
  /** Counts the records of an attempt from 1, over both streams. */
  readonly seq: number;
  readonly stream: 'stdout' | 'stderr' | 'end';
  /** The program's own bytes, with the newline where one ended the line. */
  readonly data: Buffer;
  readonly endsLine: boolean;
}

/** A line of a Pod's log as JSON has it. */
interface RawLine {
  time?: unknown;
  run_uid?: unknown;
  attempt?: unknown;
  stream?: unknown;
  seq?: unknown;
  message?: unknown;
  encoding?: unknown;
  partial?: unknown;
}

const NEWLINE = Buffer.from('\n');

/** The record in a line of a Pod's log; undefined where the line is another Run's, runtimed's own, or cut. */
export function parseRecord(line: string, uid: string): LogRecord | undefined {
  // a Pod's log holds the lines of all its Runs: most are turned away before they cost a parse
  if (!line.includes(uid)) return undefined;
  let raw: RawLine;
  try {
    raw = JSON.parse(line) as RawLine;
  } catch {
    return undefined; // a connection or a disk that was full cut it; its number will be missed, and asked for again
  }
  const { time, run_uid, attempt, stream, seq, message, encoding, partial } = raw;
  if (run_uid !== uid || typeof attempt !== 'number' || typeof seq !== 'number') return undefined;
  if (typeof message !== 'string' || typeof time !== 'string') return undefined;
  if (stream !== 'stdout' && stream !== 'stderr' && stream !== 'end') return undefined;
  const endsLine = partial !== true && stream !== 'end';
  return { time, attempt, seq, stream, data: dataOf(message, encoding === 'base64', endsLine), endsLine };
}

/** When a line of a Pod's log was written, whoever wrote it; undefined where it does not say. */
export function timeOf(line: string): number | undefined {
  const time = /^\{"time":"([^"]+)"/.exec(line)?.[1];
  const ms = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
}

function dataOf(message: string, isBase64: boolean, endsLine: boolean): Buffer {
  if (!isBase64) return Buffer.from(endsLine ? `${message}\n` : message);
  const bytes = Buffer.from(message, 'base64');
  return endsLine ? Buffer.concat([bytes, NEWLINE]) : bytes;
}
