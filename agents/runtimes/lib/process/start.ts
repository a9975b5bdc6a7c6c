import { StartError } from '../start-error.ts';
import { preludeArgs } from './prelude.ts';
import type { ProgramSpec, RunningProgram } from './program.ts';
import type { Spares } from './spares.ts';
import { type SpawnOptions, spawnBash } from './spawn.ts';

/** What every start needs besides the program. */
export interface StartOptions extends SpawnOptions {
  readonly spares: Spares;
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
  const { cwd, env } = spec;
  try {
    return (await spawnBash(options, { args: preparation => preludeArgs(preparation, spec), cwd, env, uid })).run();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'E2BIG')
      throw new StartError('InvalidSource', 'args and env together are too long for this system', { cause });
    throw new StartError('RuntimeRejected', `bash could not be started: ${message}`, { cause });
  }
}
