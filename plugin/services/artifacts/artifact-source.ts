import type { ArtifactRef, Run } from '../../../crds/v1alpha1/run.ts';
import { internalError, KrtError } from '../../errors.ts';
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
  const stored = { location: ref.location, what: `artifact ${ref.name}` };
  let at = start;
  for (let failures = 0; at < ref.sizeBytes; ) {
    try {
      for await (const chunk of await openThroughPods(run, stored, at, deps)) {
        failures = 0;
        at += chunk.length;
        if (at > ref.sizeBytes)
          throw internalError(`artifact ${ref.name} is longer than Run ${run.metadata.name} tells`);
        yield chunk;
      }
      if (at < ref.sizeBytes) throw new Error('the connection was cut');
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      if (error instanceof KrtError || failures > MOST_FAILURES) throw error;
      await clock.sleep(FIRST_DELAY_MS * 2 ** failures, signal);
    }
  }
}
