import { createHash, type Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { ArtifactRef, Run } from '../../../crds/v1alpha1/run.ts';
import { internalError } from '../../errors.ts';
import { artifactBytes } from './artifact-source.ts';
import type { SourceDeps } from './through-pods.ts';

/** What fetching to a file needs. */
export interface FetchDeps extends SourceDeps {
  /** Told how many bytes there are. */
  readonly onBytes: (ref: ArtifactRef, bytes: number) => void;
}

/**
 * Fetches an artifact to the file `part`, going on where an earlier try left off, and checks its digest: a file that
 * is there in the end is right. What was left off and turns out to be wrong is fetched anew.
 */
export async function fetchPart(run: Run, ref: ArtifactRef, part: string, deps: FetchDeps): Promise<void> {
  const resumed = await fetchOnce(run, ref, part, deps);
  if (resumed === 'right') return;
  await rm(part, { force: true });
  if (resumed === 'wrong start' && (await fetchOnce(run, ref, part, deps)) === 'right') return;
  await rm(part, { force: true });
  throw wrongDigest(ref);
}

/** What came is not what was stored. */
export function wrongDigest(ref: ArtifactRef): Error {
  return internalError(`artifact ${ref.name} has not the digest ${ref.digest} that its Run tells`);
}

async function fetchOnce(run: Run, ref: ArtifactRef, part: string, deps: FetchDeps) {
  const hash = createHash('sha256');
  const start = await hashFile(part, hash, ref.sizeBytes);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | (start === 0 ? constants.O_TRUNC : 0);
  await using handle = await open(part, flags, 0o666);
  let at = start;
  for await (const chunk of artifactBytes(run, ref, start, deps)) {
    for (let done = 0; done < chunk.length; ) {
      done += (await handle.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
    }
    hash.update(chunk);
    at += chunk.length;
    deps.onBytes(ref, at);
  }
  if (`sha256:${hash.digest('hex')}` === ref.digest) return 'right';
  return start > 0 ? 'wrong start' : 'wrong';
}

/** Hashes what there is of a file and gives its length; 0 where there is none, or more than `most` of it. */
export async function hashFile(path: string, hash: Hash, most: number): Promise<number> {
  let length = 0;
  try {
    for await (const chunk of createReadStream(path, { flags: 'r', end: most })) {
      length += (chunk as Buffer).length;
      if (length > most) return 0;
      hash.update(chunk as Buffer);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
  return length;
}
