import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { isSafeName } from './safe-name.ts';

/**
 * Unpacks a tar.gz into the directory `into`, which must not exist: only files and directories, all of them in it.
 * Nothing that is there already is written to or through. Throws where the archive holds anything else.
 */
export async function unpack(archive: string, into: string): Promise<void> {
  await mkdir(into);
  const entries = extract();
  const data = pipeline(createReadStream(archive), createGunzip(), error => {
    if (error) entries.destroy(error);
  });
  const fed = feed(data, entries as unknown as Writing);
  fed.catch(() => undefined); // awaited below; the loop may end first
  for await (const entry of entries) {
    const { name, type, mode } = entry.header;
    const path = join(into, ...partsOf(name));
    if (type === 'directory') {
      await mkdir(path, { recursive: true });
      continue;
    }
    if (type !== 'file') throw new Error(`the archive holds ${JSON.stringify(name)}, which is a ${type}`);
    await mkdir(dirname(path), { recursive: true });
    await using file = await open(path, 'wx', mode & 0o111 ? 0o777 : 0o666);
    for await (const chunk of entry as AsyncIterable<Uint8Array>) await file.writeFile(chunk);
  }
  await fed;
}

/** As much of a stream as is written to. */
interface Writing {
  write(data: Uint8Array): boolean;
  end(): unknown;
}

async function feed(data: Readable, into: Writing): Promise<void> {
  for await (const chunk of data) {
    if (!into.write(chunk as Buffer)) await Promise.race([once(into as unknown as Readable, 'drain'), closed(into)]);
  }
  into.end();
}

const closed = (stream: Writing) => once(stream as unknown as Readable, 'close');

/** The parts of a relative path; throws where it is none, or leads anywhere but down. */
function partsOf(name: string): string[] {
  const parts = name.replace(/\/$/, '').split('/');
  if (parts.every(isSafeName)) return parts;
  throw new Error(`the archive holds ${JSON.stringify(name)}, which leads out of its directory`);
}
