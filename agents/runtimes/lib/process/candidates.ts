import type { ForkCount } from './proc.ts';

/**
 * Of `pids`, those that can have been started after `since`, at the time of `now`.
 * The kernel gives ids out in a circle, so as long as it can't have gone around, what was started in between lies
 * between the two last ids. This keeps a sweep cheap on a machine with thousands of processes.
 */
export function startedBetween(pids: readonly number[], since?: ForkCount, now?: ForkCount): readonly number[] {
  if (!since || !now || now.total - since.total > now.pidMax / 4) return pids;
  const [from, to] = [since.lastPid, now.lastPid];
  return from <= to ? pids.filter(pid => pid > from && pid <= to) : pids.filter(pid => pid > from || pid <= to);
}
