/** The variables of an environment, by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the cluster is, and who asks: what the flags of kubectl of the same names say. All of it may be left out. */
export interface ConnectOptions {
  /** Path of a kubeconfig; left out, it is looked for as `krt` does. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  /** Where Runs are made and looked for by name; left out: that of the context, else `default`. */
  readonly namespace?: string | undefined;
  /** URL of the API server. */
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  /** Impersonates this user, as a member of these groups. */
  readonly as?: string | undefined;
  readonly asGroups?: readonly string[] | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  /** Path of the certificate that signs the server's. */
  readonly certificateAuthority?: string | undefined;
  /** How long one request may take, in milliseconds; default 30,000; 0: for ever. Logs and waits are not held to it. */
  readonly requestTimeoutMs?: number | undefined;
  /** How the API server's log calls this program; default `krt/VERSION`. */
  readonly userAgent?: string | undefined;
  /** Told of the warnings of the API server, such as of a field that is deprecated; left out: nobody is. */
  readonly onWarning?: ((text: string) => void) | undefined;
  /** Where KUBECONFIG, HOME and KRT_HOME are looked for; default: the environment of this process. */
  readonly env?: Environment | undefined;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, which is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A Run: the name of one in the namespace of the connection, or a copy of it, old or new. */
export type RunRef = string | { readonly metadata: { readonly name?: string; readonly namespace?: string } };

/** What a Run is called. */
export interface SubmitOptions extends CallOptions {
  /** Left out, one is made up, and cannot be taken yet. */
  readonly name?: string | undefined;
  /** The beginning of a made-up name, such as `nightly-`; default: after the command or the Runtime. */
  readonly generateName?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Which Runs or Runtimes, in kubectl's words; all of the namespace where nothing is said. */
export interface ListOptions extends CallOptions {
  /** Such as `team=a,env!=test`. */
  readonly labelSelector?: string | undefined;
  /** Such as `status.phase=Running`. */
  readonly fieldSelector?: string | undefined;
  readonly allNamespaces?: boolean | undefined;
}

/** How long to wait. */
export interface WaitOptions extends CallOptions {
  /** Left out: as long as it takes. */
  readonly timeoutMs?: number | undefined;
}

/** Which output of a Run. */
export interface LogOptions extends CallOptions {
  /** Go on until the Run has ended (the default); `false`: only what there is now. */
  readonly follow?: boolean | undefined;
  /** Only this attempt, from 1; left out: all, one behind the other. */
  readonly attempt?: number | undefined;
  /** Only so many of the lines that there are already. */
  readonly tail?: number | undefined;
  /** Only lines younger than this. */
  readonly sinceMs?: number | undefined;
}

/** A line that a program has written. */
export interface LogLine {
  /** RFC 3339, by the clock of the Pod. */
  readonly time: string;
  readonly attempt: number;
  readonly stream: 'stdout' | 'stderr';
  /** The line, without its newline. */
  readonly text: string;
  /** The program's own bytes, with the newline: put together they are all that it wrote to that stream. */
  readonly data: Uint8Array;
  /** `false` for a part of a very long line, and for a last line that has no newline. */
  readonly endsLine: boolean;
}

/** What to fetch, and how. */
export interface DownloadOptions extends CallOptions {
  /** Left out: all. */
  readonly names?: readonly string[] | undefined;
  /** Overwrite what is there; default `false`. */
  readonly force?: boolean | undefined;
  /** Told how many bytes of an artifact there are. */
  readonly onProgress?: ((name: string, bytes: number, total: number) => void) | undefined;
}
