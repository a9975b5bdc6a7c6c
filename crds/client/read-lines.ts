/**
 * The lines of a byte stream, without their newlines, decoded as UTF-8. What follows the last newline is a line
 * too, unless `dropPartial`. Memory is bounded by the longest line.
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array>,
  options: { dropPartial?: boolean } = {},
): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  for await (const bytes of stream) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      const line = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      parts = [];
      start = end + 1;
      yield line.toString('utf8');
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  if (parts.length > 0 && !options.dropPartial) yield Buffer.concat(parts).toString('utf8');
}
