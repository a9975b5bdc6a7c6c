import { randomBytes } from 'node:crypto';
import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The secret between runtimed and the Runtime Server. */
export interface AuthToken {
  readonly value: string;
  /** Lays it where the Runtime Server reads it. */
  publish(): Promise<void>;
  /** Takes it away, so that no user code finds it; fine when it is not there. */
  withdraw(): Promise<void>;
}

/** The token of this Pod, made on first use and kept in `<stateDir>/token`, so that a restart has the same. */
export async function loadAuthToken(stateDir: string, authDir: string): Promise<AuthToken> {
  const kept = join(stateDir, 'token');
  const published = join(authDir, 'token');
  const value = (await readToken(kept)) ?? (await makeToken(kept));
  return {
    value,
    async publish() {
      // Readable for all: the Runtime Server may be another user, the volume is this Pod's alone, and the file is
      // gone before any user code starts. Renamed into place, so that nobody reads half of it.
      await writeFile(`${published}.new`, value, { mode: 0o644 });
      await rename(`${published}.new`, published);
    },
    async withdraw() {
      await unlink(published).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    },
  };
}

async function readToken(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return /^[\w-]{43}$/.test(text) ? text : undefined;
}

async function makeToken(path: string): Promise<string> {
  const value = randomBytes(32).toString('base64url');
  await writeFile(`${path}.new`, value, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return value;
}
