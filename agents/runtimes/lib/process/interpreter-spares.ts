import { framed, preludeArgs } from './prelude.ts';
import type { ProgramSpec } from './program.ts';
import type { SpareKind } from './spare-kind.ts';

/** How a Runtime executes a file with an interpreter, anew or on one that runs already. */
export interface InterpreterProgram {
  /** Absolute path of the interpreter. */
  readonly file: string;
  /** The file that it executes first: with arguments it runs them, without it waits for them on file descriptor 3. */
  readonly starter: string;
  /** What a `#!` line that names this interpreter ends with. */
  readonly ownName: RegExp;
  /** Variables that would come too late for one that runs already. */
  readonly readAtStart: RegExp;
}

/** The locale that an interpreter starts with, and so the only one that a program can have on one that waits. */
const LANG = 'C.UTF-8';

/**
 * Interpreters that have started and wait for their program; each runs one, so that nothing passes from one to the
 * next. Processes of their own rather than forks of one: no thread, lock, random state or open file is shared, and
 * what a program sees is what it sees when started by hand.
 */
export function interpreterSpares({ file, starter, readAtStart }: InterpreterProgram): SpareKind {
  const isLate = (name: string, value: string) => readAtStart.test(name) || (name === 'LANG' && value !== LANG);
  return {
    args: preparation => preludeArgs(preparation, { file, argv0: file, args: [starter] }, { keepChannel: true }),
    // No home: what an earlier program left in a shared one would be executed at start.
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG, HOME: '/nonexistent' },
    job: spec => (spec.args[0] === starter && spec.file === file ? jobFor(spec, isLate) : undefined),
    longestBeginMs: 10_000,
  };
}

/** Directory, count of arguments, arguments and variables, each ended by a NUL, which none of them can hold. */
function jobFor({ cwd, args, env }: ProgramSpec, isLate: (name: string, value: string) => boolean): Buffer | undefined {
  const variables = Object.entries(env);
  if (variables.some(([name, value]) => isLate(name, value))) return undefined;
  const [, ...words] = args;
  const fields = [cwd, String(words.length), ...words, ...variables.map(([name, value]) => `${name}=${value}`)];
  return framed(fields.map(field => `${field}\0`).join(''));
}
