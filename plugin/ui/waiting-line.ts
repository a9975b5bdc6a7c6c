import type { Context } from '../context.ts';
import type { Progress } from './progress.ts';

/** What does not take longer needs no word. */
const QUIET_MS = 1_000;
const REDRAW_MS = 1_000;

/** Says on a terminal what is waited for, and for how long already, until `work` is over. */
export async function withWaitingLine<T>(
  work: Promise<T>,
  what: () => string,
  progress: Progress,
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
): Promise<T> {
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const start = clock.now();
  async function draw(): Promise<void> {
    await clock.sleep(QUIET_MS, until);
    for (;;) {
      progress.show(`waiting for ${what()}, ${Math.floor((clock.now() - start) / 1000)}s`);
      await clock.sleep(REDRAW_MS, until);
    }
  }
  if (progress.isVisible) draw().catch(() => undefined); // it is over, or the user has had enough
  try {
    return await work;
  } finally {
    stop.abort();
    progress.clear();
  }
}
