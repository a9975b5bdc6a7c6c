import { usageError } from '../../errors.ts';

/**
 * The variables of an env file, as docker and kubectl read one: `KEY=VALUE` a line, the value taken as it is, quotes
 * and all; blank lines and those that begin with `#` are left out.
 */
export function parseEnvFile(text: string, path: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [i, raw] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const split = line.indexOf('=');
    if (split <= 0) throw usageError(`--env-file ${path}:${i + 1}: "${clip(line)}" is not KEY=VALUE`);
    env[line.slice(0, split)] = line.slice(split + 1);
  }
  return env;
}

/** Enough of a line to find it; a file that was meant for something else may hold secrets. */
function clip(line: string): string {
  return line.length > 20 ? `${line.slice(0, 20)}…` : line;
}
