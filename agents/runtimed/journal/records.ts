import type { Attempt, AttemptResult } from '../attempt.ts';

/** One line of the journal. `started` is on disk before Execute; `done` means that nothing is left to do. */
export type JournalRecord =
  | { readonly type: 'started'; readonly attempt: Attempt }
  | { readonly type: 'result'; readonly id: string; readonly result: AttemptResult }
  | { readonly type: 'done'; readonly id: string };

/** An attempt that was started and is not done; with `result` it has ended and its status is to be written. */
export interface OpenAttempt {
  readonly attempt: Attempt;
  readonly result?: AttemptResult;
}

/** A record as a line of JSON with its newline. */
export function encodeRecord(record: JournalRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Takes one record into `open`. */
export function applyRecord(open: Map<string, OpenAttempt>, record: JournalRecord): void {
  if (record.type === 'started') open.set(record.attempt.id, { attempt: record.attempt });
  else if (record.type === 'done') open.delete(record.id);
  else {
    const entry = open.get(record.id);
    if (entry) open.set(record.id, { ...entry, result: record.result });
  }
}

/**
 * What a journal's text leaves open, by id, and how many lines were broken. A crash in the middle of a write tears
 * the last line: its record was not acknowledged to anyone, so it is left out like any other that can't be read.
 */
export function replayJournal(text: string): { open: Map<string, OpenAttempt>; broken: number } {
  const open = new Map<string, OpenAttempt>();
  let broken = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const record = parseRecord(line);
    if (record) applyRecord(open, record);
    else broken += 1;
  }
  return { open, broken };
}

function parseRecord(line: string): JournalRecord | undefined {
  let value: Partial<Record<string, unknown>> | null;
  try {
    value = JSON.parse(line) as Partial<Record<string, unknown>> | null;
  } catch {
    return undefined; // torn; the caller counts it
  }
  const wellFormed =
    (value?.['type'] === 'started' && typeof (value['attempt'] as Attempt | undefined)?.id === 'string') ||
    (value?.['type'] === 'result' && typeof value['id'] === 'string' && value['result'] instanceof Object) ||
    (value?.['type'] === 'done' && typeof value['id'] === 'string');
  return wellFormed ? (value as unknown as JournalRecord) : undefined;
}
