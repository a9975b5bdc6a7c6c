import { isForbidden } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import type { AttemptPlace } from './attempt-place.ts';
import type { AttemptReader, Query } from './attempt-reader.ts';
import type { LineSequence } from './line-sequence.ts';
import type { ReadEnd } from './read-once.ts';

/** One way to read the log: `follow` waits a little for lines that are on their way into the Pod's. */
type Step =
  | { readonly how: 'read'; readonly query: Query; readonly allowGaps?: boolean }
  | { readonly how: 'follow' }
  | { readonly how: 'archive'; readonly location: string };

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
  let isGone = false;
  let trouble: unknown;
  for (const step of stepsFor(place, reader, clock.now(), () => hasGap)) {
    if (isShown()) break;
    // of a Pod that is gone there is nothing but the archive
    if (isGone && step.how !== 'archive') continue;
    const result = await take(step, reader, place);
    isGone ||= result.end === 'gone';
    hasGap ||= result.end === 'gap';
    trouble = result.end === 'trouble' ? result.error : trouble;
  }
  if (reader.isComplete) return undefined;
  if (isGone && trouble) return `Pod ${pod} is gone, and the archive can't be read: ${whyNot(trouble)}`;
  if (isGone) return `Pod ${pod} is gone, and its log with it`;
  if (trouble) return `the log of Pod ${pod} can't be read: ${(trouble as Error).message}`;
  return `its end is not in the log of Pod ${pod}`;
}

function whyNot(error: unknown): string {
  if (!isForbidden(error)) return (error as Error).message;
  return 'it takes get on pods/proxy, which the ClusterRole krt-view-artifacts gives';
}

function take(step: Step, reader: AttemptReader, place: AttemptPlace): Promise<ReadEnd> {
  if (step.how === 'follow') return reader.follow(place);
  if (step.how === 'archive') return reader.readArchive(place, step.location);
  return reader.readPatiently(place, step.query, step.allowGaps ?? false);
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
  if (place.archive !== undefined) yield { how: 'archive', location: place.archive };
  if (hasGap()) yield { how: 'read', query: {}, allowGaps: true };
}
