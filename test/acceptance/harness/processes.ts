import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Processes of this machine (Linux) whose command, working directory or environment names `text`, as `pid command`. */
export function processesWith(text: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const command = read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
      .replaceAll('\0', ' ')
      .trim();
    const cwd = read(() => readlinkSync(`/proc/${pid}/cwd`));
    const environment = read(() => readFileSync(`/proc/${pid}/environ`, 'utf8'));
    // a zombie has none of the three: it runs no more
    if ([command, cwd, environment].some(part => part.includes(text))) found.push(`${pid} ${command}`);
  }
  return found;
}

/** Ids of the processes among `processesWith(text)` whose command matches. */
export function pidsWith(text: string, command: RegExp): number[] {
  return processesWith(text)
    .filter(line => command.test(line.slice(line.indexOf(' ') + 1)))
    .map(line => Number.parseInt(line, 10));
}

function read(get: () => string): string {
  try {
    return get();
  } catch {
    return ''; // it ended meanwhile, or is another user's
  }
}
