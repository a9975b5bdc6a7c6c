import { readFileSync } from 'node:fs';

/** How much of its memory the container uses; bytes. */
export interface ContainerMemory {
  readonly used: number;
  readonly limit: number;
}

const DIR = '/sys/fs/cgroup';

/** The container's memory as its control group tells it (version 2); undefined where it has no limit, or none is told. */
export function containerMemory(dir: string = DIR): ContainerMemory | undefined {
  try {
    const read = (name: string) => readFileSync(`${dir}/${name}`, 'latin1');
    const limit = Number(read('memory.max'));
    if (!Number.isFinite(limit)) return undefined;
    // the kernel takes the cache of files back by itself before it kills anyone
    const cache = Number(/^inactive_file (\d+)$/m.exec(read('memory.stat'))?.[1] ?? 0);
    return { used: Number(read('memory.current')) - cache, limit };
  } catch {
    return undefined; // another version of control groups, or none at all
  }
}
