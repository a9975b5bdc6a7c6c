import { closeSync, constants, fchownSync, fstatSync, lchownSync, lstatSync, openSync, readdirSync } from 'node:fs';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/** Who a file belongs to. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Each level keeps a descriptor open; programs that nest deeper do it to be in the way. */
const MAX_DEPTH = 100;
/** Entries between two turns of the event loop: the files of a large repository must not hold up the others. */
const BATCH = 256;

/**
 * Gives `dir` and all below it to `to`, as far as it belongs to who is `from`. Each directory is held open while its
 * entries change hands, and no link is followed, so that no name that somebody swaps meanwhile leads elsewhere.
 * Tells who `dir` belonged to; undefined where it is not there, or not `from`'s. Throws where it is too deep.
 */
export async function handOver(dir: string, from: (uid: number) => boolean, to: Owner): Promise<Owner | undefined> {
  const walk = { from, to, left: BATCH };
  const fd = open(dir);
  if (fd === undefined) return undefined;
  try {
    const { uid, gid } = fstatSync(fd);
    if (!from(uid)) return undefined;
    await handOverEntries(fd, walk, 1);
    fchownSync(fd, to.uid, to.gid);
    return { uid, gid };
  } finally {
    closeSync(fd);
  }
}

interface Walk {
  readonly from: (uid: number) => boolean;
  readonly to: Owner;
  /** Entries until the next turn. */
  left: number;
}

async function handOverEntries(fd: number, walk: Walk, depth: number): Promise<void> {
  const { from, to } = walk;
  if (depth > MAX_DEPTH) throw new Error(`the files are more than ${MAX_DEPTH} directories deep`);
  for (const name of readdirSync(`/proc/self/fd/${fd}`)) {
    if (walk.left-- === 0) {
      walk.left = BATCH;
      await new Promise(resolve => setImmediate(resolve));
    }
    const path = `/proc/self/fd/${fd}/${name}`;
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat || !from(stat.uid)) continue;
    const child = stat.isDirectory() ? open(path) : undefined;
    if (child === undefined) {
      lchownSync(path, to.uid, to.gid);
      continue;
    }
    try {
      if (!from(fstatSync(child).uid)) continue;
      await handOverEntries(child, walk, depth + 1);
      fchownSync(child, to.uid, to.gid);
    } finally {
      closeSync(child);
    }
  }
}

function open(dir: string): number | undefined {
  try {
    return openSync(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch {
    return undefined; // no directory, or none any more
  }
}
