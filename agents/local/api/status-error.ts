import { type FieldError, fieldErrorMessage } from './field-error.ts';

/** Names a kind of object in error texts: `group` is empty for core, `name` is the plural or the kind. */
export interface GroupName {
  group: string;
  name: string;
}

/** The `details` of a Status. */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: { reason?: string; message?: string; field?: string }[];
  retryAfterSeconds?: number;
}

/** The body of every answer that is not an object: metav1.Status. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code?: number;
}

/** A refusal, answered as its `body` with HTTP status `body.code`. */
export class StatusError extends Error {
  readonly body: Status;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = 'StatusError';
    this.body = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason && { reason }),
      ...(details && { details }),
      code,
    };
  }
}

const qualified = ({ group, name }: GroupName) => (group ? `${name}.${group}` : name);
const detailsOf = ({ group, name: kind }: GroupName, name: string): StatusDetails => ({
  ...(name && { name }),
  ...(group && { group }),
  ...(kind && { kind }),
});

/** 400 with `message`. */
export const badRequest = (message: string) => new StatusError(400, 'BadRequest', message);
/** 401, as the server says it to whom shows no token that it knows. */
export const unauthorized = () => new StatusError(401, 'Unauthorized', 'Unauthorized');
/** 404 of an object. */
export const notFound = (of: GroupName, name: string) =>
  new StatusError(404, 'NotFound', `${qualified(of)} "${name}" not found`, detailsOf(of, name));
/** 404 of a path or subresource that is not served. */
export const noSuchPath = () =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
/** 409 of a create. */
export const alreadyExists = (of: GroupName, name: string) =>
  new StatusError(409, 'AlreadyExists', `${qualified(of)} "${name}" already exists`, detailsOf(of, name));
/** 409 of a write or delete whose precondition does not hold. */
export const conflict = (of: GroupName, name: string, why: string) =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`,
    detailsOf(of, name),
  );
/** 409 of a write on an older copy. */
export const modified = (of: GroupName, name: string) =>
  conflict(of, name, 'the object has been modified; please apply your changes to the latest version and try again');
/** 403 with the reason why. */
export const forbidden = (of: GroupName, name: string, why: string, causes?: StatusDetails['causes']) =>
  new StatusError(403, 'Forbidden', `${qualified(of)} "${name}" is forbidden: ${why}`, {
    ...detailsOf(of, name),
    ...(causes && { causes }),
  });
/** 405 of a verb that the resource does not have. */
export const methodNotAllowed = () =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
/** 406 where nothing that the client takes can be served. */
export const notAcceptable = (accepted: string) =>
  new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted}`);
/** 410 of a watch or list that asks for history that is gone. */
export const expired = (message: string) => new StatusError(410, 'Expired', message);
/** 415 that names what is taken. */
export const unsupportedMediaType = (accepted: readonly string[]) =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
/** 413 of a body over `limit` bytes. */
export const tooLarge = (limit: number) =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
/** 504 of a read that asks for a version which the server has not reached. */
export const tooLargeVersion = (asked: number, current: number) =>
  new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

/** 422 of an object with `errors`; one error stands alone, several in brackets. */
export function invalid(of: GroupName, name: string, errors: readonly FieldError[]): StatusError {
  const causes = errors.map(error => ({
    reason: error.type,
    message: fieldErrorMessage(error),
    field: error.field,
  }));
  const texts = causes.map(cause => `${cause.field}: ${cause.message}`);
  const text = texts.length === 1 ? texts[0] : `[${[...new Set(texts)].join(', ')}]`;
  return new StatusError(422, 'Invalid', `${qualified(of)} "${name}" is invalid: ${text}`, {
    ...detailsOf(of, name),
    causes,
  });
}
