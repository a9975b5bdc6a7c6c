import type { Planner } from '../lib/execution.ts';
import { findCommand, findEntrypoint, requireDirectory } from '../lib/find-program.ts';

/**
 * What the bash Runtime executes. With an entrypoint: an executable file that is a binary or begins with `#!` runs as
 * it says itself; any other file runs as `bash <entrypoint> args...`, so a script needs neither. Without one, `args`
 * are a command and its words, looked up on PATH; no shell sees them. The environment is the request's, with PATH
 * (`searchPath`) and LANG where it has none.
 */
export function planBash(searchPath: string): Planner {
  return async ({ args, env, workingDir: cwd, entrypoint }) => {
    await requireDirectory(cwd);
    const full = { PATH: searchPath, LANG: 'C.UTF-8', ...env };
    if (entrypoint === '') {
      const [word = '', ...rest] = args;
      return { file: await findCommand(word, cwd, full.PATH), argv0: word, args: rest, cwd, env: full };
    }
    const { path, executable, kind } = await findEntrypoint(cwd, entrypoint);
    if (executable && kind !== 'plain') return { file: path, argv0: path, args, cwd, env: full };
    const bash = await findCommand('bash', cwd, full.PATH);
    // Not `path`: messages of bash begin with the name as the user knows it.
    return { file: bash, argv0: 'bash', args: ['--', entrypoint, ...args], cwd, env: full };
  };
}
