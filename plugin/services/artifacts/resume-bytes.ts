/** Opens a stream of bytes from `at` on. */
export type OpenAt = (at: number) => Promise<AsyncIterable<Uint8Array>>;

/**
 * The bytes of streams that break off, each opened where the one before ended. `recover` is told of each failure, and how
 * many there were without a byte between them: it waits, throws what is hopeless, or resolves with `over`.
 */
export async function* resumeBytes(
  open: OpenAt,
  start: number,
  recover: (error: unknown, failures: number) => Promise<'again' | 'over'>,
): AsyncGenerator<Uint8Array> {
  let at = start;
  for (let failures = 0; ; ) {
    try {
      for await (const chunk of await open(at)) {
        failures = 0;
        at += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      failures += 1;
      if ((await recover(error, failures)) === 'over') return;
    }
  }
}
