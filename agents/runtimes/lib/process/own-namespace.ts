import { readFileSync } from 'node:fs';

/**
 * Whether this process is the reason that its PID namespace is there, as in a container of its own: the init of it, or
 * what that was told to start. Then every process that is to be seen came from us, and is ours to end.
 */
export function ownsItsNamespace({ pid, ppid, argv } = process): boolean {
  if (pid === 1) return true;
  try {
    return (
      ppid === 1 &&
      readFileSync('/proc/1/cmdline', 'latin1')
        .split('\0')
        .includes(argv[1] ?? '')
    );
  } catch {
    return false; // no /proc, or an init that is not ours to see
  }
}
