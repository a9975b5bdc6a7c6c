import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { SlotUser } from './users.ts';

/** Where every user of the container may leave something. */
export const OPEN_TO_ALL = ['/tmp', '/var/tmp', '/dev/shm'];

/** A directory that the user has closed to itself is still its own to open; chmod alone would follow a link. */
const REMOVE = `
find "$@" -mindepth 1 -maxdepth 1 -user "$(id -u)" -type d -exec chmod -R u+rwX {} +
find "$@" -mindepth 1 -maxdepth 1 -user "$(id -u)" -exec rm -rf {} +
`;

/**
 * Removes what the user has in `dirs`, by a process of that user: whatever links lie in its way, it can harm nobody
 * else. Costs nothing where there is none.
 */
export async function removeAs({ uid }: SlotUser, dirs: readonly string[]): Promise<void> {
  const dirty = dirs.filter(dir => hasFilesOf(dir, uid));
  if (dirty.length === 0) return;
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
  await execa('sh', ['-c', REMOVE, 'krt-remove', ...dirty], {
    ...{ uid, gid: uid, cwd: '/', env, extendEnv: false, reject: false, stdio: 'ignore' },
  });
}

function hasFilesOf(dir: string, uid: number): boolean {
  try {
    return readdirSync(dir).some(name => lstatSync(join(dir, name), { throwIfNoEntry: false })?.uid === uid);
  } catch {
    return false; // this image has no such directory
  }
}
