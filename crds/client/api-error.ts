/** Kubernetes' `Status`, the body of every error of an API server. */
export interface ApiStatus {
  kind?: string;
  status?: string;
  message?: string;
  reason?: string;
  code?: number;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    retryAfterSeconds?: number;
    causes?: { reason?: string; message?: string; field?: string }[];
  };
}

/** An answer of the API server that is not a success: HTTP `status`, Kubernetes' `reason`, and the whole body. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly body: ApiStatus;

  constructor(status: number, body: ApiStatus, options?: ErrorOptions) {
    super(body.message ?? `the API server answered ${status}`, options);
    this.name = 'ApiError';
    this.status = status;
    this.reason = body.reason ?? '';
    this.body = body;
  }

  /** Milliseconds that the server asks to wait before another try; undefined where it does not say. */
  get retryAfterMs(): number | undefined {
    const seconds = this.body.details?.retryAfterSeconds;
    return seconds === undefined ? undefined : seconds * 1000;
  }
}

/** No answer came: refused, reset, timed out, or TLS failed. Whether a write took place is not known. */
export class ConnectionError extends Error {
  /** Node's code, such as ECONNREFUSED. */
  readonly code: string;
  readonly server: string;

  constructor(server: string, cause: unknown) {
    const { message, code } = cause as NodeJS.ErrnoException;
    super(`no answer from ${server}: ${message || code || 'connection failed'}`, { cause });
    this.name = 'ConnectionError';
    this.code = code ?? '';
    this.server = server;
  }
}

const hasStatus = (error: unknown, status: number) => error instanceof ApiError && error.status === status;

/** Whether whoever asks may not do this. */
export const isForbidden = (error: unknown): boolean => hasStatus(error, 403);
/** Whether the object (or its kind) is not there. */
export const isNotFound = (error: unknown): boolean => hasStatus(error, 404);
/** Whether a write lost against another: read again, decide again. */
export const isConflict = (error: unknown): boolean =>
  hasStatus(error, 409) && (error as ApiError).reason !== 'AlreadyExists';
/** Whether a create met an object of that name. */
export const isAlreadyExists = (error: unknown): boolean =>
  hasStatus(error, 409) && (error as ApiError).reason === 'AlreadyExists';
/** Whether a watch or list asked for history that is gone: list anew. */
export const isGone = (error: unknown): boolean => hasStatus(error, 410);
/** Whether the server refused the object as invalid. */
export const isInvalid = (error: unknown): boolean => hasStatus(error, 422);
/** Whether another try of the same request may succeed. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof ConnectionError || (error instanceof ApiError && (error.status === 429 || error.status >= 500))
  );
}
