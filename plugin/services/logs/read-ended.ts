import type { Clock } from '../../../crds/client/clock.ts';
import type { AttemptPlace } from './attempt-place.ts';
import type { AttemptReader, Query } from './attempt-reader.ts';
import type { LineSequence } from './line-sequence.ts';

/** One way to read a Pod's log: `follow` waits a little for lines that are on their way into it. */
type Step = { readonly how: 'read'; readonly query: Query; readonly allowGaps?: boolean } | { readonly how: 'follow' };

/** An attempt that ended longer ago has its lines in the log, or nowhere. */
const RECENT_MS = 60_000;

/**
 * Shows what is left to show of an attempt that is over, wherever it is. Says what can't be shown any more;
 * undefined where nothing is missing.
 */
export async function readEnded(
  reader: AttemptReader,
  place: AttemptPlace,
  sequence: LineSequence,
  clock: Clock,
): Promise<string | undefined> {
  let why: string | undefined;
  for (const pod of place.pods) {
    why = await readPod(reader, { ...place, pods: [pod] }, clock);
    if (why === undefined) break;
  }
  if (sequence.missing === 0) return why;
  return `${sequence.missing} of its lines are no longer in the log of Pod ${place.pods[0]}`;
}

async function readPod(reader: AttemptReader, place: AttemptPlace, clock: Clock): Promise<string | undefined> {
  const [pod] = place.pods;
  const isShown = () => !place.isSplit && reader.isComplete;
  let hasGap = false;
  let trouble: unknown;
  for (const step of stepsFor(place, reader, clock.now(), () => hasGap)) {
    if (isShown()) break;
    const result =
      step.how === 'follow'
        ? await reader.follow(place)
        : await reader.readPatiently(place, step.query, step.allowGaps ?? false);
    if (result.end === 'gone') return `Pod ${pod} is gone, and its log with it`;
    hasGap ||= result.end === 'gap';
    trouble = result.end === 'trouble' ? result.error : trouble;
  }
  if (reader.isComplete) return undefined;
  if (trouble) return `the log of Pod ${pod} can't be read: ${(trouble as Error).message}`;
  return `its end is not in the log of Pod ${pod}`;
}

/** The cheapest and likeliest first; each goes on where the one before it stopped. */
function* stepsFor(place: AttemptPlace, reader: AttemptReader, now: number, hasGap: () => boolean): Generator<Step> {
  const since: Query = { sinceTime: reader.sinceTime(place) };
  // runtimed was restarted and could not read again what it had written before: that comes first
  if (place.isSplit) yield { how: 'read', query: { previous: true } };
  yield { how: 'read', query: since };
  const isRecent = place.until !== undefined && now - place.until < RECENT_MS;
  if (place.lines !== undefined && isRecent) yield { how: 'follow' };
  yield { how: 'read', query: {} };
  if (!place.isSplit) yield { how: 'read', query: { previous: true } };
  if (hasGap()) yield { how: 'read', query: {}, allowGaps: true };
}
