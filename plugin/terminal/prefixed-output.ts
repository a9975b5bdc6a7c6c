import type { LogOutput } from './log-output.ts';

/** A line that is longer is shown in parts: what has no end must not fill the memory. */
const LONGEST_LINE = 64 * 1024;

/** Output of one of many programs, on `base` which they share: whole lines, each behind `prefix`. */
export function prefixedOutput(base: LogOutput, prefix: string): LogOutput {
  const start = Buffer.from(prefix);
  const newline = Buffer.from('\n');
  const open: Record<'stdout' | 'stderr', Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

  function write(stream: 'stdout' | 'stderr', data: Buffer): Promise<void> | undefined {
    let rest = open[stream].length > 0 ? Buffer.concat([open[stream], data]) : data;
    const parts: Buffer[] = [];
    for (let end = endOfLine(rest); end >= 0; end = endOfLine(rest)) {
      parts.push(start, rest.subarray(0, end), newline);
      rest = rest.subarray(rest[end] === 10 ? end + 1 : end);
    }
    open[stream] = Buffer.from(rest);
    return parts.length > 0 ? base.write(stream, Buffer.concat(parts)) : undefined;
  }

  return {
    write,
    atLineStart: true,
    async end() {
      for (const stream of ['stdout', 'stderr'] as const) {
        if (open[stream].length > 0) await write(stream, newline);
      }
    },
  };
}

/** Where the first line, or as much of it as is shown at once, ends; -1: not yet. */
function endOfLine(data: Buffer): number {
  const end = data.indexOf(10);
  if (end >= 0 && end <= LONGEST_LINE) return end;
  return data.length > LONGEST_LINE ? LONGEST_LINE : -1;
}
