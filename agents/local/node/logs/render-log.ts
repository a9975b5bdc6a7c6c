import { criTime, PREFIX_LENGTH, TAG_AT, TIMESTAMP_LENGTH } from './cri-line.ts';

/** What of a log is shown, and how; see PodLogQuery. */
export interface LogView {
  readonly timestamps: boolean;
  readonly sinceMs: number | undefined;
  readonly limitBytes: number | undefined;
}

const WHOLE = 'F'.charCodeAt(0);

/** Turns blocks of CRI records into what the log subresource answers: contents, joined where a line was parted. */
export async function* renderLog(blocks: AsyncIterable<Buffer>, view: LogView): AsyncGenerator<Buffer> {
  const since = view.sinceMs === undefined ? '' : criTime(view.sinceMs);
  let left = view.limitBytes ?? Number.POSITIVE_INFINITY;
  let rest: Buffer | undefined;
  let inLine = false;
  for await (const block of blocks) {
    const bytes = rest ? Buffer.concat([rest, block]) : block;
    const out: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      const record = bytes.subarray(start, end + 1);
      start = end + 1;
      if (record.length <= PREFIX_LENGTH) continue; // what a machine that lost power left behind
      const time = record.toString('latin1', 0, TIMESTAMP_LENGTH);
      if (time < since) continue;
      const whole = record[TAG_AT] === WHOLE;
      // a timestamp stands before each line, not before each of its parts
      if (view.timestamps && !inLine) out.push(record.subarray(0, TIMESTAMP_LENGTH + 1));
      out.push(record.subarray(PREFIX_LENGTH, whole ? record.length : record.length - 1));
      inLine = !whole;
    }
    rest = start < bytes.length ? bytes.subarray(start) : undefined;
    if (out.length === 0) continue;
    const chunk = Buffer.concat(out);
    yield chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= chunk.length;
    if (left <= 0) return;
  }
}
