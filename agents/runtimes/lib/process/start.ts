import { StartError } from '../start-error.ts';
import type { Marks } from './marks.ts';
import type { PipeSource } from './pipes.ts';
import { preludeArgs } from './prelude.ts';
import type { ProgramSpec, RunningProgram } from './program.ts';
import type { Spares } from './spares.ts';
import { spawnBash } from './spawn.ts';

/** What every start needs besides the program. */
export interface StartOptions {
  /** Absolute path of bash, which starts the programs. */
  readonly shell: string;
  readonly pipes: PipeSource;
  readonly marks: Marks;
  readonly spares: Spares;
}

/** Starts `spec`, on a spare where one is ready for it; throws a StartError when the system refuses it. */
export async function startProgram(spec: ProgramSpec, options: StartOptions): Promise<RunningProgram> {
  return (await options.spares.start(spec)) ?? (await startAnew(spec, options));
}

async function startAnew(spec: ProgramSpec, { shell, pipes, marks }: StartOptions): Promise<RunningProgram> {
  const mark = marks.next();
  const { cwd, env } = spec;
  try {
    return (await spawnBash(shell, pipes, { args: preludeArgs(mark, spec), mark, cwd, env })).run();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'E2BIG')
      throw new StartError('InvalidSource', 'args and env together are too long for this system', { cause });
    throw new StartError('RuntimeRejected', `bash could not be started: ${message}`, { cause });
  }
}
