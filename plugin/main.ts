import { basename, join } from 'node:path';
import { dispatch } from './dispatch.ts';
import { loadCli } from './load-cli.ts';
import { reportError } from './report-error.ts';

/** What `bin/run.js` and `bin/dev.js` differ in. */
export interface MainOptions {
  /** Whether this file runs as a TypeScript source, not from dist. */
  readonly sources?: boolean;
}

/** Runs the command line of this process to its end, and ends the process. */
export async function main({ sources = false }: MainOptions = {}): Promise<void> {
  process.on('uncaughtException', end);
  // a command has its own handler of what stdout could not take; help and errors have none
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  try {
    const root = join(import.meta.dirname, sources ? '..' : '../..');
    const config = await loadCli({ root, sources, bin: nameOf(process.argv[1] ?? '') });
    const request = dispatch(process.argv.slice(2), config);
    if (request.kind === 'command') await config.runCommand(request.id, [...request.argv]);
    else {
      const { helpText } = await import('./help.ts');
      const columns = Number(process.env['COLUMNS']) || process.stdout.columns || 80;
      process.stdout.write(helpText(config, request.subject, columns));
    }
    await end();
  } catch (error) {
    await end(error);
  }
}

/** kubectl runs its plugins by their file's name: kubectl-krt. */
function nameOf(path: string): string {
  return /^kubectl-krt(\.\w+)?$/.test(basename(path)) ? 'kubectl krt' : 'krt';
}

/** Ends the process once all output is out: something that still holds it open must not make the user wait. */
async function end(error?: unknown): Promise<void> {
  if (error !== undefined) {
    const { text, exitCode } = reportError(error, Boolean(process.stderr.isTTY) && !process.env['NO_COLOR']);
    process.exitCode = exitCode;
    process.stderr.write(text);
  }
  const flushed = (stream: NodeJS.WriteStream) => new Promise<void>(resolve => stream.write('', () => resolve()));
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit();
}
