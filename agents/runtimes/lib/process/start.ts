import { type RunLimits, ulimits } from '../limits/run-limits.ts';
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
  /** What one execution may use; absent: no limits. */
  readonly limits?: RunLimits | undefined;
}

/**
 * Starts `spec`, on a spare where one is ready for it; with `uid`, as a user of its own, which no spare can be. Throws
 * a StartError when the system refuses it.
 */
export async function startProgram(spec: ProgramSpec, options: StartOptions, uid?: number): Promise<RunningProgram> {
  const onSpare = uid === undefined ? await options.spares.start(spec) : undefined;
  return onSpare ?? (await startAnew(spec, options, uid));
}

async function startAnew(spec: ProgramSpec, options: StartOptions, uid: number | undefined): Promise<RunningProgram> {
  const { shell, pipes, marks } = options;
  const mark = marks.next();
  const { cwd, env } = spec;
  const limits = ulimits(options.limits, uid !== undefined);
  try {
    return (await spawnBash(shell, pipes, { args: preludeArgs({ mark, limits }, spec), mark, cwd, env, uid })).run();
  } catch (cause) {
    marks.release(mark);
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'E2BIG')
      throw new StartError('InvalidSource', 'args and env together are too long for this system', { cause });
    throw new StartError('RuntimeRejected', `bash could not be started: ${message}`, { cause });
  }
}
