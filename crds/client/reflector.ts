import type { KubeObject } from '../v1alpha1/meta.ts';
import { isGone } from './api-error.ts';
import type { Clock } from './clock.ts';
import { listAll, type ResourceClient, type Selection } from './resource-client.ts';

/** What a reflector tells; `replaced` carries the whole state after a list. */
export type ReflectorEvent<T> =
  | { type: 'replaced'; objects: readonly T[]; resourceVersion: string }
  | { type: 'changed'; object: T }
  | { type: 'deleted'; object: T };

export interface ReflectorOptions<T extends KubeObject> extends Selection {
  client: ResourceClient<T>;
  clock: Clock;
  signal: AbortSignal;
  /** undefined: all namespaces. */
  namespace?: string | undefined;
  /** Start with a watch from here, not with a list. */
  resourceVersion?: string | undefined;
  /** Told of each failure (count it, log it); the reflector goes on after a back-off. */
  onRetry?: (error: unknown, delayMs: number) => void;
  /** Thrown out instead of retried when it says so; default: nothing is fatal. */
  isFatal?: (error: unknown) => boolean;
  random?: () => number;
  /** A watch that is silent for this long, bookmarks included, is given up; default 90 s (the server sends one a minute). */
  idleMs?: number;
}

/** A watch asks the server to end it after 5 to 10 minutes, as client-go does, so that load spreads over servers. */
const WATCH_SECONDS = 300;
const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;

/**
 * The state of a collection and every change after it, for ever: list, then watch from the list's version; a closed
 * watch goes on from the last version seen, 410 Gone lists again, failures back off (doubling, jittered).
 * Ends when `signal` aborts. Modelled on client-go's Reflector.
 */
export async function* reflect<T extends KubeObject>(options: ReflectorOptions<T>): AsyncGenerator<ReflectorEvent<T>> {
  const { client, clock, signal, namespace, labelSelector, fieldSelector, random = Math.random } = options;
  const selection: Selection = { labelSelector, fieldSelector };
  let version = options.resourceVersion;
  let delay = 0;
  while (!signal.aborted) {
    const idle = new AbortController();
    try {
      if (version === undefined) {
        const list = await listAll(client, namespace, { ...selection, signal });
        version = list.metadata.resourceVersion ?? '';
        yield { type: 'replaced', objects: list.items, resourceVersion: version };
      }
      const timeoutSeconds = Math.round(WATCH_SECONDS * (1 + random()));
      const watchdog = startWatchdog(clock, options.idleMs ?? 90_000, idle, signal);
      try {
        const watchSignal = AbortSignal.any([signal, idle.signal]);
        const events = client.watch(namespace, {
          ...selection,
          resourceVersion: version,
          timeoutSeconds,
          signal: watchSignal,
        });
        for await (const event of events) {
          watchdog.touch();
          delay = 0;
          version = event.object.metadata.resourceVersion ?? version;
          if (event.type === 'DELETED') yield { type: 'deleted', object: event.object };
          else if (event.type !== 'BOOKMARK') yield { type: 'changed', object: event.object };
        }
      } finally {
        watchdog.stop();
      }
      // closed in good order; a server that closes at once must not be hammered
      delay = Math.max(delay, FIRST_DELAY);
    } catch (error) {
      if (signal.aborted) return;
      // a silent watch was given up by ourselves: no fault of the server's that anybody could judge
      if (!idle.signal.aborted && options.isFatal?.(error)) throw error;
      if (isGone(error)) version = undefined;
      delay = Math.min(Math.max(delay * 2, FIRST_DELAY), LONGEST_DELAY);
      options.onRetry?.(error, delay);
    }
    await clock.sleep(delay * (0.5 + random() / 2), signal).catch(() => undefined); // aborted: the loop ends
  }
}

/** Aborts `idle` when `touch` was not called for `ms`: a half-open connection never errs by itself. */
function startWatchdog(clock: Clock, ms: number, idle: AbortController, signal: AbortSignal) {
  let last = clock.monotonic();
  const stop = new AbortController();
  const loop = async () => {
    for (;;) {
      const left = last + ms - clock.monotonic();
      if (left <= 0) return idle.abort(new Error(`the watch was silent for ${ms} ms`));
      await clock.sleep(left, AbortSignal.any([signal, stop.signal]));
    }
  };
  loop().catch(() => undefined); // stopped or aborted: the watch is over anyway
  return { touch: () => (last = clock.monotonic()), stop: () => stop.abort() };
}
