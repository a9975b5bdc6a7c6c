import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { archivedAt } from '../../../crds/v1alpha1/run.ts';
import type { ArtifactStore } from './store.ts';
import { CHUNK_BYTES } from './tuning.ts';

/** `runs/<uid>/<attempt>-<secret>/<name>` or `runs/<uid>/log-<secret>/<name>`, and no other path. */
const LOCATION = /^runs\/[A-Za-z0-9-]+\/(?:[0-9]+|log)-[\w-]{22}\/(?!\.{1,2}$)[^/\0]+$/;

/**
 * A store in a directory that outlives Pods, such as a mounted claim. A location holds 128 random bits, so that it is
 * known to those alone who may read the Run; the directory of an attempt gets its name when all in it is on disk.
 */
export function filesystemStore(root: string): ArtifactStore {
  return {
    driver: 'filesystem',
    async open({ uid, attempt }) {
      const run = join(root, 'runs', uid);
      await removeArtifacts(run);
      const name = `${attempt}-${secret()}`;
      const part = join(run, `${name}.part`);
      await mkdir(part, { recursive: true, mode: 0o700 });
      let isEmpty = true;
      return {
        async put(artifact, _contentType, data) {
          const path = join(part, artifact);
          try {
            await write(path, data);
          } catch (error) {
            await rm(path, { force: true });
            throw error;
          }
          isEmpty = false;
          return `runs/${uid}/${name}/${artifact}`;
        },
        async commit() {
          // nobody would know of it
          if (isEmpty) return rmdir(part);
          await syncDirectory(part);
          await rename(part, join(run, name));
          await syncDirectory(run);
        },
      };
    },
    async putLog({ uid, attempt }, known, data) {
      const run = `runs/${uid}`;
      const place = known?.startsWith(`${run}/`) && LOCATION.test(`${known}/1`) ? known : `${run}/log-${secret()}`;
      const path = join(root, archivedAt(place, attempt));
      const part = `${path}.part`;
      await mkdir(join(root, place), { recursive: true, mode: 0o700 });
      await rm(part, { force: true });
      try {
        await write(part, data);
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      await syncDirectory(join(root, place));
      return place;
    },
    remove: uid => rm(join(root, 'runs', uid), { recursive: true, force: true }),
    async read(location, start) {
      if (!LOCATION.test(location)) return undefined;
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
      const handle = await open(join(root, location), flags).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (!handle) return undefined;
      const { size } = await handle.stat();
      return { size, data: handle.createReadStream({ start, highWaterMark: CHUNK_BYTES }) };
    },
  };
}

const secret = () => randomBytes(16).toString('base64url');

/** What attempts before this one left, but for their logs. */
async function removeArtifacts(run: string): Promise<void> {
  const names = await readdir(run).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) if (!name.startsWith('log-')) await rm(join(run, name), { recursive: true, force: true });
}

async function write(path: string, data: AsyncIterable<Uint8Array>): Promise<void> {
  await using handle = await open(path, 'wx', 0o600);
  for await (const chunk of data) {
    for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten;
  }
  await handle.sync();
}

async function syncDirectory(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}
