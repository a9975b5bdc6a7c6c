/** The knobs of a scheduler; all times in milliseconds. */
export interface SchedulerOptions {
  /** Writes under way at most; more would only queue up in the API server. */
  maxInFlight: number;
  /** How long a Run waits before its status tells why. */
  noteAfterMs: number;
  /** The same for a Run that only waits for its turn: in a burst that is normal, and 5,000 notes would slow it. */
  noteQueuedAfterMs: number;
  /** Pause after each such note, so that notes never compete with binds. */
  noteIntervalMs: number;
  /** How long a Run may be hopeless before it fails as Unschedulable. */
  unschedulableAfterMs: number;
}

/** What a scheduler does where nothing else is said. */
export const DEFAULT_OPTIONS: SchedulerOptions = {
  maxInFlight: 32,
  noteAfterMs: 1_000,
  noteQueuedAfterMs: 5_000,
  noteIntervalMs: 100,
  unschedulableAfterMs: 300_000,
};
