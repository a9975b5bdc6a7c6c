import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { ArtifactError } from './artifact-error.ts';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;

/** A file or directory held open: whatever is done to its name meanwhile, it stays the one that was checked. */
export interface OpenEntry {
  readonly kind: 'file' | 'directory';
  readonly handle: FileHandle;
  readonly size: number;
  readonly isExecutable: boolean;
  /** Reaches the open directory, not its name. */
  readonly path: string;
}

/**
 * Opens a regular file or a directory and nothing else: no link is followed, and a device or FIFO not even opened.
 * A hard link is a file like any other: who could make it could read it. Throws ArtifactError for what is refused.
 */
export async function openEntry(path: string): Promise<OpenEntry> {
  const before = await lstat(path);
  const kind = before.isFile() ? 'file' : before.isDirectory() ? 'directory' : undefined;
  if (!kind) throw new ArtifactError(`${whatIs(before)} is not kept: only files and directories are`);
  const onlyDirectory = kind === 'directory' ? O_DIRECTORY : 0;
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | onlyDirectory);
  const stat = await handle.stat();
  if (stat.ino !== before.ino || stat.dev !== before.dev || !(stat.isFile() || stat.isDirectory())) {
    await handle.close();
    throw new ArtifactError('it changed while it was read');
  }
  return {
    kind,
    handle,
    size: stat.size,
    isExecutable: (stat.mode & 0o111) !== 0,
    // Node has no openat: the kernel's own name of the open directory does the same
    path: `/proc/self/fd/${handle.fd}`,
  };
}

function whatIs(stat: Stats): string {
  if (stat.isSymbolicLink()) return 'a symbolic link';
  if (stat.isFIFO()) return 'a FIFO';
  if (stat.isSocket()) return 'a socket';
  return 'a device';
}
