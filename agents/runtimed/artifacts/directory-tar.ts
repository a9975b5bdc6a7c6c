import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { ArtifactError } from './artifact-error.ts';
import { namesIn } from './names-in.ts';
import { type OpenEntry, openEntry } from './open-entry.ts';
import { CHUNK_BYTES } from './tuning.ts';

/** Bounds of one directory. */
export interface DirectoryBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** Each level keeps a descriptor open. */
const MAX_DEPTH = 64;

/** What would make two archives of the same files differ. */
const PLAIN = { mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };

interface Budget {
  entries: number;
  bytes: number;
}

/** What an open directory holds as a tar.gz: the same bytes for the same files. Errors come out of the stream. */
export function directoryTar(directory: OpenEntry, bounds: DirectoryBounds): Readable {
  const archive = pack();
  const budget = { entries: bounds.maxEntries, bytes: bounds.maxBytes };
  addDirectory(archive, directory, '', 1, budget).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  // its error reaches the reader by the stream that is given back
  return pipeline(Readable.from(archive as AsyncIterable<Buffer>), createGzip(), () => undefined);
}

async function addDirectory(archive: Pack, directory: OpenEntry, prefix: string, depth: number, budget: Budget) {
  if (depth > MAX_DEPTH) throw new ArtifactError(`it is more than ${MAX_DEPTH} directories deep`);
  const names = await namesIn(directory.path, budget.entries);
  budget.entries -= names.length;
  for (const name of names) {
    const path = `${prefix}${name}`;
    const entry = await openEntry(`${directory.path}/${name}`).catch((error: Error) => {
      throw error instanceof ArtifactError ? new ArtifactError(`${path}: ${error.message}`) : error;
    });
    try {
      if (entry.kind === 'file') await addFile(archive, entry, path, budget);
      else {
        archive.entry({ ...PLAIN, name: `${path}/`, type: 'directory', mode: 0o755 });
        await addDirectory(archive, entry, `${path}/`, depth + 1, budget);
      }
    } finally {
      await entry.handle.close();
    }
  }
}

async function addFile(archive: Pack, { handle, size, isExecutable }: OpenEntry, name: string, budget: Budget) {
  budget.bytes -= size;
  if (budget.bytes < 0) throw new ArtifactError('it is larger than an artifact may be');
  const mode = isExecutable ? 0o755 : 0o644;
  const done = Promise.withResolvers<void>();
  done.promise.catch(() => undefined); // awaited below; it may fail before that is reached
  const sink = archive.entry({ ...PLAIN, name, type: 'file', mode, size }, error =>
    error ? done.reject(error) : done.resolve(),
  );
  let left = size;
  // a file that grows meanwhile is cut at the size that the archive was told
  const end = { start: 0, end: Math.max(0, size - 1), highWaterMark: CHUNK_BYTES, autoClose: false };
  if (size > 0) {
    for await (const chunk of handle.createReadStream(end)) {
      left -= (chunk as Buffer).length;
      if (!sink.write(chunk)) await Promise.race([once(sink as unknown as Readable, 'drain'), done.promise]);
    }
  }
  if (left !== 0) throw new ArtifactError(`${name} changed while it was read`);
  sink.end(undefined);
  await done.promise;
}
