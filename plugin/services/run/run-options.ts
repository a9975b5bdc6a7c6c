/** What `krt run` was asked for; numbers are still words, so that a bad one is told like any other bad value. */
export interface RunOptions {
  readonly runtime?: string | undefined;
  /** Path of the program, `-` for stdin. */
  readonly file?: string | undefined;
  readonly inline?: string | undefined;
  readonly repoUrl?: string | undefined;
  readonly commitSha?: string | undefined;
  readonly entrypoint?: string | undefined;
  readonly args?: readonly string[];
  readonly env?: readonly (readonly [name: string, value: string])[];
  /** Paths; what `env` names wins over them, and a later file over an earlier one. */
  readonly envFiles?: readonly string[];
  readonly timeout?: string | undefined;
  readonly retryAttempts?: string | undefined;
  readonly retryBackoff?: string | undefined;
  readonly retryOn?: readonly string[] | undefined;
  readonly ttl?: string | undefined;
  readonly priority?: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
}
