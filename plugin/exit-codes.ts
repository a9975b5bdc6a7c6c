/** Exit codes of krt itself; a Run that ran gives its program's own code (128 + N for signal N). */
export const EXIT = {
  ok: 0,
  usage: 64,
  unavailable: 69,
  internal: 70,
  deadline: 75,
  denied: 77,
  timeout: 124,
  cancelled: 125,
  interrupted: 130,
  brokenPipe: 141,
} as const;

/** One of the codes above. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each code says, in the order of help and docs. */
export const EXIT_MEANINGS: readonly (readonly [code: string, meaning: string])[] = [
  ['0-255', "the program's own code (128+N for signal N): the Run ran"],
  [`${EXIT.timeout}`, 'the Run ended in phase Timeout'],
  [`${EXIT.cancelled}`, 'the Run was cancelled'],
  [`${EXIT.usage}`, 'usage: a flag, a file, a name or a spec is wrong; nothing was made'],
  [`${EXIT.unavailable}`, 'the API server (or the embedded default) cannot be reached'],
  [`${EXIT.internal}`, 'the Run was lost or could not be run, or krt has a bug'],
  [`${EXIT.deadline}`, 'a deadline of wait passed'],
  [`${EXIT.denied}`, 'not allowed: no or old credentials, or a permission is missing'],
  [`${EXIT.interrupted}`, 'krt was interrupted; the Run goes on'],
  [`${EXIT.brokenPipe}`, 'the reader of the output went away'],
];
