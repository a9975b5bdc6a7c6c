import { sh, type World } from './world.ts';

/** Seconds for `sleep`, different each time: what marks one sleep among all processes of a Pod. */
export function uniqueSleep(): string {
  return `600.${Math.random().toString().slice(2, 12)}`;
}

/** Waits, in bash alone (no process of its own to be found), until no `sleep` with the marker is there; else tells which. */
const SCRIPT = `
alive() {
  found=
  for p in /proc/[0-9]*; do
    { mapfile -d '' -t words < "$p/cmdline"; } 2>/dev/null || continue
    if [ "\${words[0]##*/}" = sleep ] && [ "\${words[1]}" = "$1" ]; then found="$found \${p#/proc/}"; fi
  done
  [ -n "$found" ]
}
while alive "$1"; do
  if [ "$2" = once ]; then echo "survivors=$found" >> "$KRUNTIME_OUTPUTS"; exit 0; fi
  read -r -t 0.1 _ <> <(:)
done
echo "survivors=" >> "$KRUNTIME_OUTPUTS"
`;

/**
 * Ids of the processes of the marked sleep as another Run in the same Pod sees them, at once, or (`eventually`) only
 * if they are still there at the deadline. The Runtime must have one Pod.
 */
export async function survivorsOf(marker: string, world: World, when: 'now' | 'eventually' = 'now'): Promise<string> {
  const args = [marker, when === 'now' ? 'once' : 'eventually'];
  const name = await world.submit(sh(SCRIPT, { args, timeout: '20s' }));
  const { status } = await world.ended(name);
  if (status?.phase === 'Timeout') return 'still there after 20 s';
  if (status?.phase !== 'Succeeded') throw new Error(`the search ended as ${JSON.stringify(status)}`);
  return status.outputs?.['survivors']?.trim() ?? '';
}
