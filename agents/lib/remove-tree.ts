import { chmod, opendir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes `path` with all that is in it, also where a program took our permission to its directories away. None there
 * is fine.
 */
export async function removeTree(path: string): Promise<void> {
  const all = { recursive: true, force: true, maxRetries: 2 } as const;
  try {
    await rm(path, all);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await openUp(path);
    await rm(path, all);
  }
}

/** Makes every directory below `dir` ours to change, without following links. */
async function openUp(dir: string): Promise<void> {
  await chmod(dir, 0o700);
  for await (const entry of await opendir(dir)) {
    if (entry.isDirectory()) await openUp(join(dir, entry.name));
  }
}
