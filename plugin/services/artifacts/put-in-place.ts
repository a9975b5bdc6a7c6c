import { link, lstat, mkdir, rename, rm, unlink } from 'node:fs/promises';
import { usageError } from '../../errors.ts';

/** Gives the file `from` its name `to`; without `force` never in the place of another. */
export async function placeFile(from: string, to: string, force: boolean): Promise<void> {
  if (force) return rename(from, to);
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw existsError(to);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
    // no hard links on this file system
    if (await isThere(to)) throw existsError(to);
    return rename(from, to);
  }
  await unlink(from);
}

/** The same for a directory. */
export async function placeDirectory(from: string, to: string, force: boolean): Promise<void> {
  if (force) await rm(to, { recursive: true, force: true });
  try {
    // an empty one of our own is replaced; what another hand makes meanwhile is not
    await mkdir(to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw existsError(to);
    throw error;
  }
  await rename(from, to);
}

/** Whether something has this name, a dangling link too. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Something is in the way. */
export function existsError(path: string): Error {
  return usageError(`${path} is there already`, '--force overwrites it', 'AlreadyExists');
}
