import type { ExecuteRequest } from '../../protocol/index.ts';
import type { Planner } from './execution.ts';
import { type Entrypoint, findCommand, findEntrypoint, requireDirectory } from './find-program.ts';
import type { ProgramSpec } from './process/program.ts';

/** How a Runtime executes a file that does not say itself how: the interpreter and its arguments. */
export type Interpret = (entrypoint: string, args: readonly string[]) => Pick<ProgramSpec, 'file' | 'argv0' | 'args'>;

/** What a planner is made of. */
export interface PlanOptions {
  readonly searchPath: string;
  readonly interpret: Interpret;
  /** Variables that programs have unless the request says otherwise. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a file with this `#!` line is the interpreter's, executable or not; none is, by default. */
  readonly isOwn?: (interpreter: string) => boolean;
}

/**
 * What all built-in Runtimes execute. With an entrypoint: an executable file that is a binary or begins with `#!` runs
 * as it says itself, any other file through the interpreter. Without one, `args` are a command and its words, looked
 * up on PATH; no shell sees them. The environment is the request's, with PATH (`searchPath`) and LANG where it has none.
 */
export function planWith({ searchPath, interpret, env: more, isOwn = () => false }: PlanOptions): Planner {
  return ({ args, env, workingDir: cwd, entrypoint }: ExecuteRequest) => {
    requireDirectory(cwd);
    const full = { PATH: searchPath, LANG: 'C.UTF-8', ...more, ...env };
    if (entrypoint === '') {
      const [word = '', ...rest] = args;
      return { file: findCommand(word, cwd, full.PATH), argv0: word, args: rest, cwd, env: full };
    }
    const found = findEntrypoint(cwd, entrypoint);
    if (runsItself(found) && !isOwn(found.interpreter)) {
      return { file: found.path, argv0: found.path, args, cwd, env: full };
    }
    return { ...interpret(entrypoint, args), cwd, env: full };
  };
}

function runsItself({ executable, kind }: Entrypoint): boolean {
  return executable && kind !== 'plain';
}
