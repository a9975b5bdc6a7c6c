import { readFileSync } from 'node:fs';

/** What the container uses, as far as its control group tells it. */
export interface ContainerUsage {
  /** In bytes; absent where there is no limit. */
  readonly memory?: { readonly used: number; readonly limit: number };
  /** Processes and threads. */
  readonly processes?: number;
}

/** Where each version of control groups tells it: version 2, then 1. */
const VERSIONS = [
  {
    limit: 'memory.max',
    used: 'memory.current',
    stat: 'memory.stat',
    cache: /^inactive_file (\d+)$/m,
    processes: 'pids.current',
  },
  {
    limit: 'memory/memory.limit_in_bytes',
    used: 'memory/memory.usage_in_bytes',
    stat: 'memory/memory.stat',
    cache: /^total_inactive_file (\d+)$/m,
    processes: 'pids/pids.current',
  },
] as const;
/** Version 1 has no word for "no limit": it is a number that no machine has the memory for. */
const NO_LIMIT = 2 ** 60;

/** What the container uses now: a few small files, however many processes there are. */
export function containerUsage(dir = '/sys/fs/cgroup'): ContainerUsage {
  const version = VERSIONS.find(({ processes }) => textOf(`${dir}/${processes}`) !== '');
  if (!version) return {};
  const number = (name: string) => Number(/^\d+$/m.exec(textOf(`${dir}/${name}`))?.[0] ?? Number.NaN);
  const processes = number(version.processes);
  const limit = number(version.limit);
  if (!(limit < NO_LIMIT)) return { processes };
  // the kernel takes the cache of files back by itself before it kills anyone
  const cache = Number(version.cache.exec(textOf(`${dir}/${version.stat}`))?.[1] ?? 0);
  return { processes, memory: { used: number(version.used) - cache, limit } };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // another version, or no control groups at all
  }
}
