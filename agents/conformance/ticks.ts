import type { Subject } from './subject.ts';

/** A shell command that makes `file` anew all the time: whoever executes it can be told to be alive. */
export function tickTo(file: string): string {
  return `while :; do echo >${file}; sleep 0.02; done`;
}

/** Output of a program that removes `file` and says `alive` where somebody makes it anew; leaves none. */
export async function lookAtTicks(subject: Subject, file: string): Promise<string> {
  const { stdout } = await subject.run(`rm -f ${file}; sleep 0.3; [ ! -e ${file} ] || echo alive; rm -f ${file}`);
  return `${stdout}`;
}
