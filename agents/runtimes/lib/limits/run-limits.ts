/** What one execution may use; bytes. No `memory`: as much as the container has. */
export interface RunLimits {
  /** Of all its processes. */
  readonly memory?: number;
  /** Processes and threads at once. */
  readonly processes: number;
  /** Files below its root. */
  readonly disk: number;
}

/** Why an execution is ended by its limits: a Run reason. */
export type LimitReason = 'OutOfMemory' | 'DiskExceeded' | 'ProcessesExceeded';

/** The limits that a JSON text tells, such as `{"memory":268435456,"processes":512,"disk":10737418240}`. */
export function parseLimits(text: string | undefined): RunLimits | undefined {
  if (!text) return undefined;
  const given = JSON.parse(text) as Partial<RunLimits>;
  for (const name of ['processes', 'disk', ...('memory' in given ? ['memory'] : [])] as const) {
    const value = given[name as keyof RunLimits];
    if (!Number.isSafeInteger(value) || value! < 1) throw new Error(`KRT_LIMITS: ${name} is not a positive integer`);
  }
  return given as RunLimits;
}

/**
 * What bash sets before it becomes a program, so that the kernel itself refuses: the memory of one process, the size
 * of one file, and the processes of its user where that is its alone. What all its processes use together, and a
 * directory of many files, is the watchdog's to see.
 */
export function ulimits(limits: RunLimits | undefined, ownUser: boolean): string {
  if (!limits) return '';
  const { memory, disk, processes } = limits;
  const kib = (bytes: number) => Math.max(1, Math.floor(bytes / 1024));
  return [
    `ulimit -f ${kib(disk)};`,
    memory === undefined ? '' : `ulimit -d ${kib(memory)};`,
    ownUser ? `ulimit -u ${processes};` : '',
  ].join(' ');
}

/** Bytes as people write them: `256Mi`, `1.5Gi`. */
export function inBytes(bytes: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti'];
  let unit = 0;
  let value = bytes;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${Number(value.toFixed(1))}${units[unit]}`;
}
