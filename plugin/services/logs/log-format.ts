import type { LogRecord } from './log-record.ts';

/** What stands before each line. */
export interface LineMarks {
  readonly timestamps: boolean;
  /** Absent: the lines of one Run, which need none. */
  readonly prefix?: string | undefined;
  /** Whether a line is shown only once it is whole, as it must not be mixed with those of other Runs. */
  readonly wholeLines: boolean;
}

type StreamName = 'stdout' | 'stderr';

/** A line that never ends is shown in parts at last. */
const LONGEST_LINE = 1024 * 1024;

/** Puts records together into what is written: lines with their marks, or the program's bytes as they are. */
export class LineFormatter {
  readonly #marks: LineMarks;
  readonly #open: Record<StreamName, { parts: Buffer[]; size: number; isMarked: boolean }> = {
    stdout: { parts: [], size: 0, isMarked: false },
    stderr: { parts: [], size: 0, isMarked: false },
  };

  constructor(marks: LineMarks) {
    this.#marks = marks;
  }

  /** The bytes that `record` completes; empty while its line is kept open. */
  push({ stream: from, data, endsLine, time }: LogRecord): Buffer {
    const stream = from === 'stderr' ? 'stderr' : 'stdout';
    const line = this.#open[stream];
    const mark = line.isMarked ? [] : this.#mark(time);
    line.isMarked = !endsLine;
    if (!this.#marks.wholeLines) return mark.length > 0 ? Buffer.concat([...mark, data]) : data;
    line.parts.push(...mark, data);
    line.size += data.length;
    return endsLine || line.size > LONGEST_LINE ? this.#take(stream) : Buffer.alloc(0);
  }

  /** What is open at the end, with the newline that keeps it from the next Run's line. */
  end(stream: StreamName): Buffer {
    if (this.#open[stream].parts.length === 0) return Buffer.alloc(0);
    return Buffer.concat([this.#take(stream), Buffer.from('\n')]);
  }

  #mark(time: string): Buffer[] {
    const { timestamps, prefix } = this.#marks;
    if (!timestamps && prefix === undefined) return [];
    return [Buffer.from(`${prefix === undefined ? '' : `${prefix} `}${timestamps ? `${time} ` : ''}`)];
  }

  #take(stream: StreamName): Buffer {
    const line = this.#open[stream];
    const bytes = Buffer.concat(line.parts);
    line.parts = [];
    line.size = 0;
    return bytes;
  }
}
