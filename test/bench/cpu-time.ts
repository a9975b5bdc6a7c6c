/** CPU time of a process in milliseconds, its own and that of its children that have ended. */
export interface CpuTime {
  readonly part: string;
  readonly own: number;
  readonly children: number;
}

/** The kernel tells times in hundredths of a second. */
const TICK_MS = 10;

/** The CPU time in the text of /proc/PID/stat, whose command name may hold blanks and brackets. */
export function cpuOf(part: string, stat: string): CpuTime {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number) as [number, number, number, number];
  return { part, own: (user + system) * TICK_MS, children: (childUser + childSystem) * TICK_MS };
}

/** What each part has spent between two looks, for each of `count`; the children of all are one part, the programs. */
export function cpuSpent(
  before: ReadonlyMap<string, CpuTime>,
  after: ReadonlyMap<string, CpuTime>,
  count: number,
): Record<string, number> {
  const spent: Record<string, number> = {};
  const add = (part: string, ms: number) => {
    spent[part] = (spent[part] ?? 0) + ms / count;
  };
  for (const [pid, { part, own, children }] of after) {
    const old = before.get(pid) ?? { own: 0, children: 0 };
    add(part, own - old.own);
    add('programs', children - old.children);
  }
  return spent;
}
