import { execFileSync } from 'node:child_process';

/** Makes the suite that calls it skip, with a message, on a machine without kubectl. */
export function requireKubectl(): void {
  before(function () {
    try {
      execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    } catch {
      // biome-ignore lint/suspicious/noConsole: a skip says why
      console.log('      skipped: there is no kubectl on this machine');
      this.skip();
    }
  });
}

/** The cells of a table whose columns are two or more spaces apart. */
export function cellsOf(table: string): string[][] {
  return table
    .trimEnd()
    .split('\n')
    .map(line => line.trim().split(/ {2,}/));
}
