import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ApiError, isForbidden } from '../../../crds/client/api-error.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import { KrtError } from '../../errors.ts';
import { resumeBytes } from '../artifacts/resume-bytes.ts';
import { openThroughPods, type SourceDeps, type Stored } from '../artifacts/through-pods.ts';

/** So many failures in a row, without a byte between them, are no accident. */
const MOST_FAILURES = 5;
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 2_000;

/**
 * The lines of an archived log as a Pod's log has them, over connections that are cut and Pods that go. Where no Pod of
 * the Runtime is ready, one is waited for as long as `patienceMs`. Errors come out of the stream.
 */
export async function* archivedLog(
  run: Run,
  location: string,
  deps: SourceDeps & { readonly patienceMs: number },
): AsyncGenerator<Uint8Array> {
  const packed = Readable.from(packedBytes(run, { location, what: 'the log' }, deps));
  // its error reaches the reader by the stream that is given back
  yield* pipeline(packed, createGunzip(), () => undefined);
}

function packedBytes(run: Run, stored: Stored, deps: SourceDeps & { readonly patienceMs: number }) {
  const { clock, signal, patienceMs } = deps;
  const deadline = clock.now() + patienceMs;
  return resumeBytes(
    at => openThroughPods(run, stored, at, deps),
    0,
    async (error, failures) => {
      signal.throwIfAborted();
      // cut behind the last byte
      if (error instanceof ApiError && error.status === 416) return 'over';
      const isAway = error instanceof KrtError && error.code === 'Unavailable';
      const isHopeless = isAway ? clock.now() >= deadline : error instanceof KrtError || failures > MOST_FAILURES;
      if (isHopeless || isForbidden(error)) throw error;
      await clock.sleep(Math.min(FIRST_DELAY_MS * 2 ** failures, LONGEST_DELAY_MS), signal);
      return 'again';
    },
  );
}
