import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { unavailableError, usageError } from '../../errors.ts';

/** What tells the folder of an embedded default from any other: its database. */
export const DATABASE = 'krt.db';

/** Longest path of a Unix socket, on macOS; Linux takes 4 more. */
const SOCKET_PATH_BYTES = 103;

/** The socket by which the CLI speaks to the daemon whose folder is `home`; undefined where none can be there. */
export function socketPath(home: string): string | undefined {
  const path = join(home, 'control.sock');
  return Buffer.byteLength(path) > SOCKET_PATH_BYTES ? undefined : path;
}

/** Names in the folder; none where there is no such folder. */
export async function filesIn(home: string): Promise<string[]> {
  try {
    return await readdir(home);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw unavailableError(`cannot read the folder ${home}: ${message}`, undefined, error);
  }
}

/** Makes the folder where it is missing. Throws a usage error for one that an embedded default can't have. */
export async function prepareFolder(home: string): Promise<void> {
  const another = 'set KRT_HOME to another one';
  if (!socketPath(home)) throw usageError(`the path of KRT_HOME is too long for a socket in it: ${home}`, another);
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw usageError(`cannot make the folder ${home}: ${(error as Error).message}`, another);
  }
  const files = await filesIn(home);
  // it is about to be closed to everybody else, and filled
  const isForeign = !files.includes(DATABASE) && files.some(name => !/^local\.log(\.old)?$/.test(name));
  if (isForeign) throw usageError(`the folder ${home} has other things in it`, another);
}
