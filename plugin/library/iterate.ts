/** Hands an item on; the promise, where there is one, resolves once more is wanted. */
type Emit<T> = (item: T) => Promise<void> | undefined;

/** What is ahead of its reader at most. */
const MOST_WAITING = 100;

/**
 * Makes an iterator of what calls a function for each item. The producer is held up while the reader is behind, and
 * told to end when the reader leaves.
 */
export async function* iterate<T>(
  produce: (emit: Emit<T>, signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const stop = new AbortController();
  const waiting: T[] = [];
  let news = Promise.withResolvers<void>();
  let room = Promise.withResolvers<void>();
  let isOver = false;
  const emit = (item: T) => {
    waiting.push(item);
    news.resolve();
    return waiting.length < MOST_WAITING ? undefined : room.promise;
  };
  const work = produce(emit, AbortSignal.any([signal, stop.signal])).finally(() => {
    isOver = true;
    news.resolve();
  });
  work.catch(() => undefined); // awaited below
  try {
    for (;;) {
      await news.promise;
      news = Promise.withResolvers();
      const items = waiting.splice(0);
      room.resolve();
      room = Promise.withResolvers();
      yield* items;
      if (isOver && waiting.length === 0) break;
    }
    await work;
  } finally {
    stop.abort();
    room.resolve();
    await work.catch(() => undefined); // its failure was thrown above, or the reader has left
  }
}
