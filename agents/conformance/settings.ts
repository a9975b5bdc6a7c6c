/** What is asked of the kit, as JSON in KRT_CONFORMANCE. */
export interface Settings {
  /** Of the server: `127.0.0.1:19091` or `unix:/path`. */
  readonly address: string;
  readonly tokenFile?: string | undefined;
  /** A directory that programs can write to; absent: one is made, and removed afterwards. */
  readonly workdir?: string | undefined;
  /** A program that prints `hello`, in the language of the Runtime. */
  readonly source?: string | undefined;
  /** A shell command that restarts the server. */
  readonly restart?: string | undefined;
  /** Seconds that anything which is waited for may take. */
  readonly patienceSeconds: number;
}

/** Reads the settings; throws where there are none. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const text = env['KRT_CONFORMANCE'];
  if (!text) throw new Error('KRT_CONFORMANCE is not set: use krt runtime conformance');
  return JSON.parse(text) as Settings;
}
