import { constants } from 'node:os';
import type { Readable } from 'node:stream';

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
  /** What all its processes carry. */
  readonly mark: string;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the main process was reaped, whoever still holds its output. */
  readonly exit: Promise<Exit>;
  /** Whether the program could not take over from the prelude; known at its exit. */
  readonly execFailed: () => boolean;
}

/** The exit code as shells tell it: the program's own, or 128 + N for signal N. */
export function exitCodeOf(exit: Exit): number {
  return exit.signal === undefined ? exit.code : 128 + constants.signals[exit.signal];
}
