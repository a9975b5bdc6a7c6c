import type { ArtifactRef, Run } from '../../../crds/v1alpha1/run.ts';
import { internalError, KrtError } from '../../errors.ts';
import { resumeBytes } from './resume-bytes.ts';
import { openThroughPods, type SourceDeps } from './through-pods.ts';

/** So many cuts in a row, without a byte between them, are no accident. */
const MOST_FAILURES = 5;
const FIRST_DELAY_MS = 200;

/**
 * The bytes of an artifact from `start` on, over connections that are cut and Pods that go. Throws when there is no
 * more hope; more bytes than the Run tells of are never given.
 */
export async function* artifactBytes(run: Run, ref: ArtifactRef, start: number, deps: SourceDeps) {
  const { clock, signal } = deps;
  const { sizeBytes } = ref;
  const stored = { location: ref.location, what: `artifact ${ref.name}` };
  let end = start;
  async function* rest(at: number) {
    for await (const chunk of await openThroughPods(run, stored, at, deps)) {
      end += chunk.length;
      if (end > sizeBytes) throw internalError(`artifact ${ref.name} is longer than Run ${run.metadata.name} tells`);
      yield chunk;
    }
    if (end < sizeBytes) throw new Error('the connection was cut');
  }
  async function recover(error: unknown, failures: number) {
    signal.throwIfAborted();
    if (error instanceof KrtError || failures > MOST_FAILURES) throw error;
    if (end === sizeBytes) return 'over'; // cut behind the last byte
    await clock.sleep(FIRST_DELAY_MS * 2 ** failures, signal);
    return 'again';
  }
  if (start < sizeBytes) yield* resumeBytes(async at => rest(at), start, recover);
}
