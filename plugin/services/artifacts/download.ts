import { createHash } from 'node:crypto';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactRef, Run } from '../../../crds/v1alpha1/run.ts';
import { internalError } from '../../errors.ts';
import type { Output } from '../../streams.ts';
import { artifactBytes } from './artifact-source.ts';
import { type FetchDeps, fetchPart, hashFile, wrongDigest } from './fetch-part.ts';
import { existsError, isThere, placeDirectory, placeFile } from './put-in-place.ts';
import type { SourceDeps } from './through-pods.ts';

/** What downloading needs. */
export interface DownloadDeps extends FetchDeps {
  /** Told of each artifact that is in its place, new or from before. */
  readonly onDone: (path: string) => Promise<void>;
}

/**
 * Fetches artifacts into a directory, which is made: files as they are, directories unpacked. Each appears under its
 * name when all of it is there and its digest is right. A file that is there and the same counts as fetched; anything
 * else in the way is an error before the first byte, unless `force` says to overwrite it.
 */
export async function downloadArtifacts(
  run: Run,
  refs: readonly ArtifactRef[],
  { dir, force }: { readonly dir: string; readonly force: boolean },
  deps: DownloadDeps,
): Promise<void> {
  await mkdir(dir, { recursive: true });
  const wanted: ArtifactRef[] = [];
  const there: string[] = [];
  for (const ref of refs) {
    const path = join(dir, ref.name);
    if (await isSame(ref, path)) there.push(path);
    else if (!force && (await isThere(path))) throw existsError(path);
    else wanted.push(ref);
  }
  for (const path of there) await deps.onDone(path);
  for (const ref of wanted) {
    // by its digest: what an interrupted download left is found again, and another Run's is left alone
    const part = join(dir, `.krt-${ref.digest.replace(/\W/g, '').slice(-32)}.part`);
    const path = join(dir, ref.name);
    await fetchPart(run, ref, part, deps);
    if (ref.type === 'file') await placeFile(part, path, force);
    else await placeUnpacked(part, path, force);
    await deps.onDone(path);
  }
}

/** The bytes of one artifact as they come. Throws at the end where its digest is wrong. */
export async function* checkedBytes(run: Run, ref: ArtifactRef, deps: SourceDeps): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of artifactBytes(run, ref, 0, deps)) {
    hash.update(chunk);
    yield chunk;
  }
  if (`sha256:${hash.digest('hex')}` !== ref.digest) throw wrongDigest(ref);
}

/** Writes one artifact to `output` as it comes. Throws at the end where its digest is wrong. */
export async function printArtifact(run: Run, ref: ArtifactRef, output: Output, deps: SourceDeps): Promise<void> {
  for await (const chunk of checkedBytes(run, ref, deps)) await output.write(chunk);
}

async function placeUnpacked(part: string, path: string, force: boolean): Promise<void> {
  const unpacked = `${part}.d`;
  const { unpack } = await import('./unpack.ts'); // most Runs leave no directories
  await rm(unpacked, { recursive: true, force: true });
  try {
    await unpack(part, unpacked).catch((cause: Error) => {
      throw internalError(`${path} could not be unpacked: ${cause.message}`, undefined, cause);
    });
    await placeDirectory(unpacked, path, force);
  } catch (error) {
    await rm(unpacked, { recursive: true, force: true });
    throw error;
  }
  await rm(part);
}

async function isSame(ref: ArtifactRef, path: string): Promise<boolean> {
  const stat = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!stat?.isFile() || ref.type !== 'file' || stat.size !== ref.sizeBytes) return false;
  const hash = createHash('sha256');
  await hashFile(path, hash, ref.sizeBytes);
  return `sha256:${hash.digest('hex')}` === ref.digest;
}
