import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../lib/remove-tree.ts';
import { isAsNew, renew } from './as-new.ts';
import { type Workspace, workspaceAt } from './workspace-paths.ts';

/** An attempt's id as it may stand in a path: a UID of the API server, a dot, a number. */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,127}\.[0-9]+$/;

/** Workspaces kept for attempts to come; a Pod with more slots than that makes the rest anew. */
const MOST_KEPT = 64;

/**
 * The directories of all attempts, below `<dir>/runs`. Those of short programs, which leave little behind, are used
 * again from `<dir>/kept`: to make and remove directories costs more than all else that such a program needs of the disk.
 */
export class Workspaces {
  readonly #runs: string;
  readonly #keep: string;
  readonly #kept: string[] = [];

  constructor(workspaceDir: string) {
    this.#runs = join(workspaceDir, 'runs');
    this.#keep = join(workspaceDir, 'kept');
    mkdirSync(this.#keep, { recursive: true, mode: 0o700 });
  }

  /** Where the attempt's files are, made or not; throws for an id that can't be a directory's name. */
  at(id: string): Workspace {
    if (!SAFE_ID.test(id)) throw new Error(`${JSON.stringify(id)} is not the id of an attempt`);
    return workspaceAt(join(this.#runs, id));
  }

  /** Makes the directories, private, and an empty outputs file; throws what the disk says. */
  make(id: string): Workspace {
    const workspace = this.at(id);
    const { root, work, home, tmp, artifacts, outputs } = workspace;
    if (this.#reuse(root)) return workspace;
    // a program with a user of its own passes through to its files, and finds no names of others on its way
    mkdirSync(this.#runs, { recursive: true, mode: 0o711 });
    // a few microseconds each, where five trips to the thread pool would cost a good part of the whole start
    for (const dir of [root, work, home, tmp, artifacts]) mkdirSync(dir, { mode: 0o700 });
    writeFileSync(outputs, '', { flag: 'wx', mode: 0o600 });
    return workspace;
  }

  /** Removes all of the attempt's files; none there is fine. */
  async remove(id: string): Promise<void> {
    const workspace = this.at(id);
    if (!this.#keepAsNew(id, workspace)) await removeTree(workspace.root);
  }

  /** Removes what earlier processes left, but for the attempts that `isWanted`; gives the ids removed. */
  async sweep(isWanted: (id: string) => boolean): Promise<string[]> {
    const names = await readdir(this.#runs).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const stale = names.filter(name => SAFE_ID.test(name) && !isWanted(name));
    for (const id of stale) await removeTree(this.at(id).root);
    for (const name of await readdir(this.#keep)) await removeTree(join(this.#keep, name));
    return stale;
  }

  #keepAsNew(id: string, workspace: Workspace): boolean {
    if (this.#kept.length >= MOST_KEPT || !renew(workspace)) return false;
    try {
      renameSync(workspace.root, join(this.#keep, id));
      this.#kept.push(id);
      return true;
    } catch {
      return false; // what keeps it from being moved is told by its removal
    }
  }

  /** Puts a kept workspace at `root`; one that is no longer as new is left to the next start. */
  #reuse(root: string): boolean {
    const id = this.#kept.pop();
    if (id === undefined) return false;
    const from = join(this.#keep, id);
    try {
      if (!isAsNew(workspaceAt(from))) return false;
      renameSync(from, root);
      return true;
    } catch {
      return false; // there is none to be had; a new one is made
    }
  }
}
