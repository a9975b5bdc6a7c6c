import { readFileSync } from 'node:fs';

/** What the container uses, as far as its control group (version 2) tells it. */
export interface ContainerUsage {
  /** In bytes; absent where there is no limit. */
  readonly memory?: { readonly used: number; readonly limit: number };
  /** Processes and threads. */
  readonly processes?: number;
}

const DIR = '/sys/fs/cgroup';

/** What the container uses now: three small files, however many processes there are. */
export function containerUsage(dir: string = DIR): ContainerUsage {
  const processes = numberIn(`${dir}/pids.current`);
  const memory = memoryOf(dir);
  return { ...(memory && { memory }), ...(processes !== undefined && { processes }) };
}

function memoryOf(dir: string): ContainerUsage['memory'] {
  const limit = numberIn(`${dir}/memory.max`);
  const current = limit === undefined ? undefined : numberIn(`${dir}/memory.current`);
  if (limit === undefined || current === undefined) return undefined;
  // the kernel takes the cache of files back by itself before it kills anyone
  const cache = Number(/^inactive_file (\d+)$/m.exec(textOf(`${dir}/memory.stat`))?.[1] ?? 0);
  return { used: current - cache, limit };
}

/** undefined for `max`, and where there is no such file. */
function numberIn(path: string): number | undefined {
  const found = /^\d+$/m.exec(textOf(path));
  return found ? Number(found[0]) : undefined;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // another version of control groups, or none at all
  }
}
