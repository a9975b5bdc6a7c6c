/**
 * `work`, or a rejection with the signal's reason as soon as it aborts. Whoever holds descriptors open for a store that
 * never answers must get to its `finally`: Node ends the process where a forgotten handle is collected.
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  work.catch(() => undefined); // what it comes to after the abort nobody asks
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
