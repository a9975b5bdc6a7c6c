import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../../../lib/remove-tree.ts';
import type { StartedProcess } from '../process/sweep.ts';
import type { ContainerRecord } from './records.ts';

/** Where the node keeps what belongs to Pods: a directory each, named by UID. */
export class PodFiles {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  dir(uid: string): string {
    return join(this.#root, uid);
  }

  volumes(uid: string): string {
    return join(this.dir(uid), 'volumes');
  }

  logs(uid: string): string {
    return join(this.dir(uid), 'logs');
  }

  /** A container's own files. */
  container(uid: string, name: string): string {
    return join(this.dir(uid), 'containers', name);
  }

  /** Remembers the records of a Pod; readers see all of them or the ones before. */
  async save(uid: string, records: readonly ContainerRecord[]): Promise<void> {
    const dir = this.dir(uid);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const file = join(dir, 'containers.json');
    await writeFile(`${file}.new`, JSON.stringify(records), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  /** The records that were saved last; none for a Pod that is new. */
  async load(uid: string): Promise<ContainerRecord[]> {
    try {
      return JSON.parse(await readFile(join(this.dir(uid), 'containers.json'), 'utf8')) as ContainerRecord[];
    } catch (error) {
      // a new Pod, or what a machine that lost power has left: nothing that was started then runs any more
      if (isMissing(error) || error instanceof SyntaxError) return [];
      throw error;
    }
  }

  /** UIDs of the Pods that have files. */
  async list(): Promise<string[]> {
    try {
      return await readdir(this.#root);
    } catch (error) {
      if (isMissing(error)) return []; // no Pod yet
      throw error;
    }
  }

  /** Everything that was started and not seen to its end. */
  async started(): Promise<StartedProcess[]> {
    const records = await Promise.all((await this.list()).map(uid => this.load(uid)));
    return records.flat().flatMap(({ process }) => process ?? []);
  }

  async remove(uid: string): Promise<void> {
    await removeTree(this.dir(uid));
  }
}

/** ENOTDIR: something that is no Pod's. */
function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}
