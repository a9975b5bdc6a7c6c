import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { ArtifactRef } from '../../../crds/v1alpha1/run.ts';
import { ArtifactError } from './artifact-error.ts';
import { directoryTar } from './directory-tar.ts';
import { openEntry } from './open-entry.ts';
import { orAborted } from './or-aborted.ts';
import type { ArtifactBatch } from './store.ts';
import { type ArtifactTuning, CHUNK_BYTES } from './tuning.ts';

/** What storing one entry needs. */
export interface EntryContext {
  readonly batch: ArtifactBatch;
  readonly tuning: ArtifactTuning;
  /** Bytes that may still be stored for this attempt. */
  readonly left: number;
  readonly signal: AbortSignal;
}

/** A reference but for what its store and the clock say. */
export type StoredEntry = Omit<ArtifactRef, 'driver' | 'createdAt'>;

/** Streams one entry of the artifacts directory into the store: a file as it is, a directory as a tar.gz. */
export async function storeEntry(directory: string, name: string, context: EntryContext): Promise<StoredEntry> {
  const { batch, tuning } = context;
  const entry = await openEntry(`${directory}/${name}`);
  try {
    const type = entry.kind;
    const contentType = type === 'file' ? 'application/octet-stream' : 'application/gzip';
    const source =
      type === 'file'
        ? bytesOf(entry.handle)
        : directoryTar(entry, { maxBytes: tuning.artifactBytes, maxEntries: tuning.entries });
    // told before the first byte where it is known
    if (type === 'file') check(entry.size, context);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    const counted = async function* () {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        context.signal.throwIfAborted();
        sizeBytes += chunk.length;
        check(sizeBytes, context);
        hash.update(chunk);
        yield chunk;
      }
    };
    const location = await orAborted(batch.put(name, contentType, counted()), context.signal);
    return { name, type, location, sizeBytes, digest: `sha256:${hash.digest('hex')}`, contentType };
  } finally {
    await entry.handle.close();
  }
}

/** The same buffer again and again: new ones for gigabytes would take as much memory as the collector lets them. */
async function* bytesOf(handle: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function check(bytes: number, { tuning, left }: EntryContext): void {
  if (bytes > tuning.artifactBytes) throw new ArtifactError(`it is larger than ${tuning.artifactBytes} bytes`);
  if (bytes > left) throw new ArtifactError(`the artifacts are larger than ${tuning.totalBytes} bytes in all`);
}
