import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../lib/clock.ts';

/** Where the token comes from. */
export interface TokenFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Looking again although nothing was told: a file system without notifications still gets its token. */
const LOOK_EVERY_MS = 500;

/**
 * Waits for the file with the token and gives its content. It's read once: whoever publishes it unlinks it as soon as
 * the server answers, before any program runs that could read it. Rejects with the signal's reason.
 */
export async function readTokenWhenThere({ path, clock, signal }: TokenFileOptions): Promise<string> {
  for (;;) {
    const changed = Promise.withResolvers<void>();
    const stop = new AbortController();
    const stopped = AbortSignal.any([signal, stop.signal]);
    // Watching starts before the look, so that nothing falls between the two.
    const watcher = watchDirectory(dirname(path), changed.resolve);
    try {
      const token = await readToken(path);
      if (token) return token;
      signal.throwIfAborted();
      await Promise.race([changed.promise, clock.sleep(LOOK_EVERY_MS, stopped).catch(() => {})]); // aborted: seen above
    } finally {
      stop.abort();
      watcher?.close();
    }
  }
}

async function readToken(path: string): Promise<string> {
  // Not there yet, or not readable yet: both heal by looking again.
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}

function watchDirectory(dir: string, onChange: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(dir, onChange);
    watcher.on('error', () => {}); // the timer goes on looking
    return watcher;
  } catch {
    return undefined; // not there yet; the timer goes on looking
  }
}
