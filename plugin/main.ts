import { basename, join } from 'node:path';
import type { Config } from '@oclif/core/config';
import './every-start.ts';
import { dispatch } from './dispatch.ts';
import { watchProcess } from './lifetime.ts';
import { loadCli } from './load-cli.ts';
import { reportError } from './report-error.ts';
import { flush, makeOutput } from './streams.ts';

/** What `bin/run.js` and `bin/dev.js` differ in. */
export interface MainOptions {
  /** Whether this file runs as a TypeScript source, not from dist. */
  readonly sources?: boolean;
}

/** Runs the command line of this process to its end, and ends the process. */
export async function main({ sources = false }: MainOptions = {}): Promise<void> {
  process.on('uncaughtException', end);
  // what Node has against a library or a variable is nothing that the user of krt can mend
  process.removeAllListeners('warning');
  // oclif's own handler throws what is not EPIPE at nobody
  process.stdout.removeAllListeners('error');
  // whoever writes is told by a handler of its own; without any, Node would end the process with a stack
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  try {
    const root = join(import.meta.dirname, sources ? '..' : '../..');
    const config = await loadCli({ root, sources, bin: nameOf(process.argv[1] ?? '') });
    const request = dispatch(wordsOf(process.argv), config);
    if (request.kind === 'command') await config.runCommand(request.id, [...request.argv]);
    else await showHelp(config, request.subject);
    await end();
  } catch (error) {
    await end(error);
  }
}

async function showHelp(config: Config, subject: string): Promise<void> {
  const lifetime = watchProcess();
  const stdout = makeOutput(process.stdout, process.env, lifetime.fail);
  const { helpText } = await import('./help.ts');
  await stdout.write(helpText(config, subject, stdout.columns));
  await lifetime.settleOutput();
}

/** Another program of kubectl's asks for words to complete: kubectl_complete-krt, with those that are typed. */
function wordsOf([, path = '', ...words]: readonly string[]): readonly string[] {
  return /^kubectl_complete-krt(\.\w+)?$/.test(basename(path)) ? ['__complete', '--', ...words] : words;
}

/** kubectl runs its plugins by their file's name: kubectl-krt. */
function nameOf(path: string): string {
  return /^kubectl-krt(\.\w+)?$/.test(basename(path)) ? 'kubectl krt' : 'krt';
}

/** Ends the process once all output is out: something that still holds it open must not make the user wait. */
async function end(error?: unknown): Promise<void> {
  process.off('uncaughtException', end);
  if (error !== undefined) {
    const stderr = makeOutput(process.stderr, process.env, () => undefined);
    const { text, exitCode } = reportError(error, stderr.colour, nameOf(process.argv[1] ?? ''));
    process.exitCode = exitCode;
    await stderr.write(text);
  }
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  process.exit();
}
