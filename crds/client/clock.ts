/** The only source of time: `now` is milliseconds since the Unix epoch, `sleep` rejects when `signal` aborts. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
