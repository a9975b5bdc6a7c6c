/**
 * The only source of time. `now`: milliseconds since the Unix epoch, for instants that others read; it jumps when
 * somebody sets the clock. `monotonic`: milliseconds since some moment of this process, for durations; it never jumps.
 * `sleep` keeps to the latter, and rejects when `signal` aborts.
 */
export interface Clock {
  now(): number;
  monotonic(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
