import { lstatSync, opendirSync, truncateSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from './workspace-paths.ts';

/** Files of a directory, and bytes of each, that are removed without the thread pool. */
const FEW = 16;
const SMALL_BYTES = 1024 * 1024;

/**
 * Makes a workspace as good as new, when all of its program is dead; false where there is too much in it, or it can't
 * be. Follows no link.
 */
export function renew({ work, home, tmp, artifacts, outputs }: Workspace): boolean {
  try {
    for (const dir of [work, home, tmp, artifacts]) {
      const files = lstatSync(dir).isDirectory() && smallFiles(dir);
      if (!files) return false;
      for (const file of files) unlinkSync(file);
    }
    const file = lstatSync(outputs);
    if (!file.isFile() || file.nlink > 1) return false;
    if (file.size > 0) truncateSync(outputs);
    return true;
  } catch {
    return false; // a program may do anything to what is its own; whoever removes it finds out, and tells
  }
}

/**
 * Whether a workspace is as it was made. To be asked right before it is used again, when whatever could change it
 * behind our back is dead, but for programs of the same user that run now and can reach each other's files anyway.
 */
export function isAsNew({ root, work, home, tmp, artifacts, outputs }: Workspace): boolean {
  try {
    if (namesIn(root, 5).length !== 5) return false;
    const file = lstatSync(outputs);
    if (!file.isFile() || file.size > 0 || file.nlink > 1 || !isPrivate(file, 0o600)) return false;
    for (const dir of [root, work, home, tmp, artifacts]) {
      const stat = lstatSync(dir);
      if (!stat.isDirectory() || !isPrivate(stat, 0o700)) return false;
    }
    return [work, home, tmp, artifacts].every(dir => namesIn(dir, 0).length === 0);
  } catch {
    return false; // something is missing, or our rights to it
  }
}

function isPrivate({ mode, uid }: { readonly mode: number; readonly uid: number }, rights: number): boolean {
  return (mode & 0o7777) === rights && uid === process.geteuid!();
}

/** Paths of the files in `dir`; undefined where they are many or large, or one is a directory. */
function smallFiles(dir: string): string[] | undefined {
  const files: string[] = [];
  using entries = opendirSync(dir);
  for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
    const path = join(dir, entry.name);
    if (files.length === FEW || entry.isDirectory() || lstatSync(path).size > SMALL_BYTES) return undefined;
    files.push(path);
  }
  return files;
}

/** Names in `dir`, but no more than one beyond `most`, however many somebody put there. */
function namesIn(dir: string, most: number): string[] {
  const names: string[] = [];
  using entries = opendirSync(dir);
  for (let entry = entries.readSync(); entry !== null && names.length <= most; entry = entries.readSync()) {
    names.push(entry.name);
  }
  return names;
}
