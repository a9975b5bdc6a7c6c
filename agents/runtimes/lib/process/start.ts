import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { StartError } from '../start-error.ts';
import type { PipeSource } from './pipes.ts';
import { preludeArgs } from './prelude.ts';

/** A program to start: everything it gets, nothing is inherited. */
export interface ProgramSpec {
  /** Path of an executable file. */
  readonly file: string;
  readonly argv0: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How the main process ended: exactly one of the two is set. */
export type Exit =
  | { readonly code: number; readonly signal?: undefined }
  | { readonly signal: NodeJS.Signals; readonly code?: undefined };

/** A program that was started, as the leader of a session and process group of its own. */
export interface RunningProgram {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the main process was reaped, whoever still holds its output. */
  readonly exit: Promise<Exit>;
  /** Whether the program could not take over from the prelude; known at its exit. */
  readonly execFailed: () => boolean;
}

/** What every start needs besides the program. */
export interface StartOptions {
  /** Absolute path of bash, which starts the programs. */
  readonly shell: string;
  readonly pipes: PipeSource;
}

/** Starts `spec` under `mark`; throws a StartError when the system refuses it. */
export async function startProgram(spec: ProgramSpec, mark: string, options: StartOptions): Promise<RunningProgram> {
  const { shell, pipes } = options;
  const out = await pipes.take();
  const err = await pipes.take().catch(error => {
    out.discard();
    throw error;
  });
  const child = execa(shell, preludeArgs(mark, spec.file, spec.argv0, spec.args), {
    cwd: spec.cwd,
    env: spec.env,
    extendEnv: false,
    detached: true,
    // Ends with its execution, not with this process: the guardian sees to that.
    cleanup: false,
    buffer: false,
    reject: false,
    encoding: 'buffer',
    // execa takes any descriptor; its types stop at 9.
    stdio: ['ignore', out.writeFd as 9, err.writeFd as 9, 'pipe'],
  });
  const exit = new Promise<Exit>(resolve => {
    child.once('exit', (code, signal) => resolve(signal ? { signal } : { code: code ?? 0 }));
  });
  if (child.pid === undefined) {
    out.discard();
    err.discard();
    const { code, shortMessage } = (await child) as { code?: string; shortMessage?: string };
    if (code === 'E2BIG') throw new StartError('InvalidSource', 'args and env together are too long for this system');
    throw new StartError('RuntimeRejected', `bash could not be started: ${shortMessage ?? code}`);
  }
  out.handOver();
  err.handOver();
  let failed = false;
  const takeover = child.stdio[3] as Readable;
  takeover.on('data', () => {
    failed = true;
  });
  // Reset instead of end when the other side dies with unread data: it says nothing that the exit doesn't.
  takeover.on('error', () => {});
  return { pid: child.pid, stdout: out.reader, stderr: err.reader, exit, execFailed: () => failed };
}

/** The exit code as shells tell it: the program's own, or 128 + N for signal N. */
export function exitCodeOf(exit: Exit): number {
  return exit.signal === undefined ? exit.code : 128 + constants.signals[exit.signal];
}
