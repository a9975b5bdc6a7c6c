import { type ServiceError, status } from '@grpc/grpc-js';

/** The kinds of failure that a caller tells apart. */
export const RUNTIME_ERROR_CODES = [
  'invalidArgument',
  'notFound',
  'alreadyExists',
  'unauthenticated',
  'unavailable',
  'unimplemented',
  'resourceExhausted',
  'deadlineExceeded',
  'cancelled',
  'internal',
] as const;
/** One kind of failure of a Runtime call. */
export type RuntimeErrorCode = (typeof RUNTIME_ERROR_CODES)[number];

const WIRE: Readonly<Record<RuntimeErrorCode, status>> = {
  invalidArgument: status.INVALID_ARGUMENT,
  notFound: status.NOT_FOUND,
  alreadyExists: status.ALREADY_EXISTS,
  unauthenticated: status.UNAUTHENTICATED,
  unavailable: status.UNAVAILABLE,
  unimplemented: status.UNIMPLEMENTED,
  resourceExhausted: status.RESOURCE_EXHAUSTED,
  deadlineExceeded: status.DEADLINE_EXCEEDED,
  cancelled: status.CANCELLED,
  internal: status.INTERNAL,
};

/** A failed Runtime call: thrown by handlers to choose the answer, and by the client to tell it. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whether `error` is a RuntimeError of one of `codes` (any, when none is given). */
export function isRuntimeError(error: unknown, ...codes: RuntimeErrorCode[]): error is RuntimeError {
  return error instanceof RuntimeError && (codes.length === 0 || codes.includes(error.code));
}

/** A gRPC failure as a RuntimeError; codes without a kind of their own become `internal`. */
export function fromServiceError(error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error;
  const { code, details, message } = error as Partial<ServiceError> & Error;
  const kind = RUNTIME_ERROR_CODES.find(name => WIRE[name] === code) ?? FOREIGN.get(code ?? status.UNKNOWN);
  return new RuntimeError(kind ?? 'internal', details || message, { cause: error });
}

/** What a handler threw as the status to send; anything but a RuntimeError is internal, without its stack. */
export function toServiceError(error: unknown): { code: status; details: string } {
  if (error instanceof RuntimeError) return { code: WIRE[error.code], details: error.message };
  return { code: status.INTERNAL, details: error instanceof Error ? error.message : String(error) };
}

/** Codes that foreign servers use for what we name otherwise. */
const FOREIGN: ReadonlyMap<status, RuntimeErrorCode> = new Map([
  [status.PERMISSION_DENIED, 'unauthenticated'],
  [status.FAILED_PRECONDITION, 'invalidArgument'],
  [status.OUT_OF_RANGE, 'invalidArgument'],
]);
