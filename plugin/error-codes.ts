/** What goes wrong in calls of the library, by the word that programs tell it apart by. */
export const LIBRARY_ERROR_CODES = {
  Invalid: 'a field is wrong, and the message names it; nothing was made',
  Usage: 'what is asked for makes no sense, such as a context that is not there',
  NotFound: 'there is no such Run, Runtime or artifact',
  AlreadyExists: 'there is a Run, or a file, of that name',
  NotInstalled: "the cluster does not know krt's resources",
  Denied: 'no or old credentials, or a permission is missing',
  Unavailable: 'no API server answers, or none can be found',
  DeadlineExceeded: 'the time to wait has passed',
  Internal: 'the server failed, a Run was deleted while it was waited for, or output is lost',
} as const;

/** What goes wrong only on a command line. */
export const COMMAND_ERROR_CODES = {
  UnknownCommand: 'krt has no such command',
  NoSuchOutput: 'the Run has left no such output',
  NotSupported: 'the API server is too old to install krt on',
  Interrupted: 'Ctrl-C, SIGTERM or SIGHUP',
  BrokenPipe: 'the reader of the output went away',
} as const;

/** Stable word for scripts, programs and tests. */
export type ErrorCode = keyof typeof LIBRARY_ERROR_CODES | keyof typeof COMMAND_ERROR_CODES;
