/** Where a container wrote a line. */
export type LogStream = 'stdout' | 'stderr';

/** Length of what stands before a line's content: `2026-01-01T00:00:00.000000000Z stdout F `. */
export const PREFIX_LENGTH = 40;
/** Length of the timestamp, without the blank behind it. */
export const TIMESTAMP_LENGTH = 30;
/** Position of the tag: `F` for a whole line, `P` for a part without its newline. */
export const TAG_AT = 38;
/** The longest content of one record; a longer line becomes parts, as containerd makes them. */
export const LONGEST_PART = 16 * 1024;

/** The timestamp of an instant (Unix milliseconds) as the CRI log format has it, with nanoseconds. */
export function criTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z');
}

/** What goes before a line's content; all its parts have a fixed width. */
export function criPrefix(time: string, stream: LogStream, tag: 'F' | 'P'): Buffer {
  return Buffer.from(`${time} ${stream} ${tag} `, 'latin1');
}
