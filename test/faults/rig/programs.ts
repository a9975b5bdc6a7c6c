import { readFileSync } from 'node:fs';
import type { RunSpec } from '../../../crds/v1alpha1/index.ts';
import type { ExecutorLine } from '../checker.ts';

/**
 * What every program under test begins with. It holds a lock of its Run's, which the kernel gives back when the last
 * process of it is gone, so that an attempt sees whether another is alive; and it tells of its start and of its end.
 */
const PREAMBLE = `
id="$KRUNTIME_RUN_UID $KRUNTIME_ATTEMPT"; pod="\${PWD#"$FAULTS_DIR/pods/"}"; pod="\${pod%%/*}"
exec 9>>"$FAULTS_DIR/locks/$KRUNTIME_RUN_UID"
flock -n 9 || echo "$id overlap $pod" >> "$FAULTS_DIR/record"
echo "$id start $pod" >> "$FAULTS_DIR/record"
trap 'echo "$id end $pod $?" >> "$FAULTS_DIR/record"' EXIT
`;

/** The spec of a Run of Runtime `faults` whose program records itself in `dir` and does what `script` says. */
export function program(dir: string, script: string, more: Partial<RunSpec> = {}): RunSpec {
  const source = { inline: `${PREAMBLE}${script}\n` };
  return { runtime: 'faults', source, ...more, env: { FAULTS_DIR: dir, ...more.env } };
}

/** What the programs have recorded, in its order. */
export function readRecord(dir: string): ExecutorLine[] {
  const text = readFileSync(`${dir}/record`, 'utf8');
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [uid = '', attempt, event, pod = '', code] = line.split(' ');
      const kind = event as ExecutorLine['event'];
      return { uid, attempt: Number(attempt), event: kind, pod, ...(code !== undefined && { code: Number(code) }) };
    });
}
