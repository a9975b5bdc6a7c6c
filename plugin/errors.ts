import type { ErrorCode } from './error-codes.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** The three sorts of failure: the user's input, the world around, or a bug of krt's. */
export type ErrorSort = 'usage' | 'environment' | 'bug';

export interface KrtErrorOptions {
  sort: ErrorSort;
  code: ErrorCode;
  exitCode: ExitCode;
  /** What to do about it, one line. */
  hint?: string | undefined;
  cause?: unknown;
}

/** The only error that krt shows: one line of what, one of what to do; a stack only for bugs. */
export class KrtError extends Error {
  readonly sort: ErrorSort;
  readonly code: ErrorCode;
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, options: KrtErrorOptions) {
    super(message, { cause: options.cause });
    this.name = 'KrtError';
    this.sort = options.sort;
    this.code = options.code;
    this.exitCode = options.exitCode;
    this.hint = options.hint;
  }
}

/** The input is wrong; nothing was made. */
export function usageError(message: string, hint?: string, code: ErrorCode = 'Usage'): KrtError {
  return new KrtError(message, { sort: 'usage', code, exitCode: EXIT.usage, hint });
}

/** No server answers, or it can't work now. */
export function unavailableError(message: string, hint?: string, cause?: unknown): KrtError {
  return new KrtError(message, { sort: 'environment', code: 'Unavailable', exitCode: EXIT.unavailable, hint, cause });
}

/** The server knows us not, or lets us not. */
export function deniedError(message: string, hint?: string, cause?: unknown): KrtError {
  return new KrtError(message, { sort: 'environment', code: 'Denied', exitCode: EXIT.denied, hint, cause });
}

/** A Run was lost, or the server failed inside. */
export function internalError(message: string, hint?: string, cause?: unknown): KrtError {
  return new KrtError(message, { sort: 'environment', code: 'Internal', exitCode: EXIT.internal, hint, cause });
}

/** A deadline that the user gave passed. */
export function deadlineError(message: string, hint?: string): KrtError {
  return new KrtError(message, { sort: 'environment', code: 'DeadlineExceeded', exitCode: EXIT.deadline, hint });
}

/** Ctrl-C, SIGTERM or SIGHUP; `message` tells what goes on without krt. */
export function interruptedError(message = '', hint?: string): KrtError {
  return new KrtError(message, { sort: 'environment', code: 'Interrupted', exitCode: EXIT.interrupted, hint });
}

/** The reader of stdout went away: nothing is said. */
export function brokenPipeError(): KrtError {
  return new KrtError('', { sort: 'environment', code: 'BrokenPipe', exitCode: EXIT.brokenPipe });
}
