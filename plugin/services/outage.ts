import { isGone, isTransient } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';

/** Told of a failure to reach the API server, and for how many milliseconds they have lasted. */
export type OnTrouble = (error: unknown, lastedMs: number) => void;

/** How long the API server may be away before it is given up. */
const PATIENCE_MS = 5 * 60_000;
/** Failures further apart are not of one outage: a watch that is quiet for long tells nothing of its health. */
const APART_MS = 60_000;

/** Judges the failures of a watch: what no other try can heal is fatal, and so is an outage that has lasted too long. */
export function judgeFailures(clock: Clock, onTrouble?: OnTrouble): (error: unknown) => boolean {
  let since = 0;
  let last = Number.NEGATIVE_INFINITY;
  return error => {
    if (isGone(error)) return false;
    if (!isTransient(error)) return true;
    const now = clock.now();
    if (now - last > APART_MS) since = now;
    last = now;
    onTrouble?.(error, now - since);
    return now - since >= PATIENCE_MS;
  };
}
