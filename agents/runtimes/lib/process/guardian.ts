import { execa } from 'execa';

/**
 * Waits for the end of its input, which is the end of the server whatever killed it, then kills all processes whose
 * mark starts with `$1` until none is left, and removes the server's directory `$2`.
 */
const GUARDIAN = `
trap '' TERM INT HUP
read -r _
for ((i = 0; i < 200; i++)); do
  left=0
  for file in $(grep -lsE "^Max file locks +[0-9]+ +$1[0-9]{6} " /proc/[0-9]*/limits); do
    pid=\${file#/proc/}
    pid=\${pid%/limits}
    grep -qs '^State:[[:space:]]Z' "/proc/$pid/status" && continue
    kill -KILL "$pid" 2>/dev/null && left=1
  done
  ((left)) || break
  sleep 0.05
done
rm -rf -- "$2"
`;

/** Starts the process that outlives a killed server by the moment it takes to clean up after it. */
export function startGuardian(markPrefix: string, dir: string): void {
  const guardian = execa('bash', ['-p', '-c', GUARDIAN, 'krt-guardian', markPrefix, dir], {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    extendEnv: false,
    // A session of its own, out of reach of what is sent to the server's group.
    detached: true,
    cleanup: false,
    reject: false,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.unref();
  (guardian.stdin as unknown as { unref(): void }).unref();
}
