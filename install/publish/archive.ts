import { gzipSync } from 'node:zlib';
import { type Zippable, zipSync } from 'fflate';
import { pack } from 'tar-stream';

/** A file of an archive. */
export interface ArchiveFile {
  readonly path: string;
  readonly data: Buffer;
  readonly executable?: boolean;
}

/** The first year that zip knows, so that no archive depends on when it was made. */
const YEAR = 1980;
const UNIX = 3;

/** The bytes of an archive with `files`; the same files make the same bytes. */
export async function archive(files: readonly ArchiveFile[], form: 'zip' | 'tar.gz'): Promise<Buffer> {
  return form === 'zip' ? zip(files) : gzipSync(await tar(files), { level: 9 });
}

async function tar(files: readonly ArchiveFile[]): Promise<Buffer> {
  const stream = pack();
  for (const { path: name, data, executable } of files) {
    stream.entry({ name, mode: executable ? 0o755 : 0o644, mtime: new Date(Date.UTC(YEAR)) }, data);
  }
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function zip(files: readonly ArchiveFile[]): Buffer {
  // zip has the clock on the wall, wherever that is
  const mtime = new Date(YEAR, 0, 1);
  const entries = files.map(({ path, data, executable }): [string, Zippable[string]] => {
    const attrs = (0o100000 | (executable ? 0o755 : 0o644)) << 16;
    return [path, [data, { mtime, os: UNIX, attrs: attrs >>> 0 }]];
  });
  return Buffer.from(zipSync(Object.fromEntries(entries), { level: 9 }));
}
