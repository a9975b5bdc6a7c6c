import { execFileSync } from 'node:child_process';
import { type Started, start } from '../../acceptance/harness/cli.ts';

/** Makes the suite that calls it skip, with a message, on a machine that can give no pseudo-terminal. */
export function requireTerminal(): void {
  before(function () {
    try {
      execFileSync('script', ['--version'], { stdio: 'ignore' });
    } catch {
      // biome-ignore lint/suspicious/noConsole: a skip says why
      console.log('      skipped: there is no script(1) of util-linux on this machine');
      this.skip();
    }
  });
}

/** Starts a line of bash on a pseudo-terminal so wide; what it shows is on stdout, and `child.stdin` types. */
export function startOnTerminal(line: string, columns: number, env: NodeJS.ProcessEnv): Started {
  const command = `stty cols ${columns} rows 24 -echo; ${line}`;
  const args = [
    '--quiet',
    '--return',
    '--flush',
    '--command',
    `bash -c '${command.replaceAll("'", `'\\''`)}'`,
    '/dev/null',
  ];
  return start('script', args, { env: { ...env, TERM: 'xterm-256color' }, stdin: 'open' });
}
