import { lstatSync, mkdirSync, opendirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../lib/remove-tree.ts';

/** The directories of one attempt; all paths are absolute. */
export interface Workspace {
  readonly root: string;
  /** Current directory of the program, with its source. */
  readonly work: string;
  readonly home: string;
  readonly tmp: string;
  readonly artifacts: string;
  /** File for KEY=VALUE lines. */
  readonly outputs: string;
}

/** An attempt's id as it may stand in a path: a UID of the API server, a dot, a number. */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,127}\.[0-9]+$/;

/** The directories of all attempts, below `<dir>/runs`. */
export class Workspaces {
  readonly #runs: string;

  constructor(workspaceDir: string) {
    this.#runs = join(workspaceDir, 'runs');
  }

  /** Where the attempt's files are, made or not; throws for an id that can't be a directory's name. */
  at(id: string): Workspace {
    if (!SAFE_ID.test(id)) throw new Error(`${JSON.stringify(id)} is not the id of an attempt`);
    const root = join(this.#runs, id);
    const inside = (name: string) => join(root, name);
    return {
      root,
      work: inside('work'),
      home: inside('home'),
      tmp: inside('tmp'),
      artifacts: inside('artifacts'),
      outputs: inside('outputs'),
    };
  }

  /** Makes the directories, private, and an empty outputs file; throws what the disk says. */
  make(id: string): Workspace {
    const workspace = this.at(id);
    const { root, work, home, tmp, artifacts, outputs } = workspace;
    mkdirSync(this.#runs, { recursive: true, mode: 0o700 });
    // a few microseconds each, where five trips to the thread pool would cost a good part of the whole start
    for (const dir of [root, work, home, tmp, artifacts]) mkdirSync(dir, { mode: 0o700 });
    writeFileSync(outputs, '', { flag: 'wx', mode: 0o600 });
    return workspace;
  }

  /** Removes all of the attempt's files; none there is fine. */
  async remove(id: string): Promise<void> {
    const workspace = this.at(id);
    if (!removedAtOnce(workspace)) await removeTree(workspace.root);
  }

  /** Removes what earlier processes left, but for the attempts that `isWanted`; gives the ids removed. */
  async sweep(isWanted: (id: string) => boolean): Promise<string[]> {
    const names = await readdir(this.#runs).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const stale = names.filter(name => SAFE_ID.test(name) && !isWanted(name));
    for (const id of stale) await this.remove(id);
    return stale;
  }
}

/** Entries of a directory, and bytes of each, that are removed in one go. */
const FEW = 16;
const SMALL_BYTES = 1024 * 1024;

/**
 * Removes a workspace that holds little, as most do, in a quarter of the CPU that the trips to the thread pool take;
 * false where it holds more, or the program changed rights in it.
 */
function removedAtOnce({ root, work, home, tmp, artifacts }: Workspace): boolean {
  try {
    if (![work, home, tmp, artifacts].every(holdsLittle)) return false;
    rmSync(root, { recursive: true, force: true });
    return true;
  } catch {
    return false; // what follows finds out why, and tells
  }
}

function holdsLittle(directory: string): boolean {
  using entries = opendirSync(directory);
  for (let count = 0; count <= FEW; count++) {
    const entry = entries.readSync();
    if (entry === null) return true;
    if (entry.isDirectory() || lstatSync(join(directory, entry.name)).size > SMALL_BYTES) return false;
  }
  return false;
}
