import type { Planner } from '../lib/execution.ts';
import { findCommand, findEntrypoint, requireDirectory } from '../lib/find-program.ts';

/**
 * What the bash Runtime executes. With an entrypoint: an executable file that is a binary or begins with `#!` runs as
 * it says itself; any other file runs as `bash <entrypoint> args...` with `shell`, so a script needs neither. Without one, `args`
 * are a command and its words, looked up on PATH; no shell sees them. The environment is the request's, with PATH
 * (`searchPath`) and LANG where it has none.
 */
export function planBash({ searchPath, shell }: { searchPath: string; shell: string }): Planner {
  return async ({ args, env, workingDir: cwd, entrypoint }) => {
    await requireDirectory(cwd);
    const full = { PATH: searchPath, LANG: 'C.UTF-8', ...env };
    if (entrypoint === '') {
      const [word = '', ...rest] = args;
      return { file: await findCommand(word, cwd, full.PATH), argv0: word, args: rest, cwd, env: full };
    }
    const { path, executable, kind } = await findEntrypoint(cwd, entrypoint);
    if (executable && kind !== 'plain') return { file: path, argv0: path, args, cwd, env: full };
    // Not `path` as the script's name: messages of bash begin with the name as the user knows it.
    return { file: shell, argv0: shell, args: ['--', entrypoint, ...args], cwd, env: full };
  };
}
