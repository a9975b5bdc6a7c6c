/** The states of an execution, in the order of their wire numbers. */
export const STATES = ['unspecified', 'pending', 'running', 'succeeded', 'failed'] as const;
/** One state of an execution; `unspecified` comes only from a foreign server that doesn't tell. */
export type State = (typeof STATES)[number];

/** The output streams of an execution; the wire numbers are 1 and 2. */
export const STREAMS = ['stdout', 'stderr'] as const;
/** One output stream. */
export type StreamName = (typeof STREAMS)[number];

/** One program to execute; `id` is unique per attempt and makes a repeated Execute harmless. */
export interface ExecuteRequest {
  readonly id: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whole seconds until the server ends it, 0: never. */
  readonly timeoutSeconds: number;
  /** Absolute path of an existing directory. */
  readonly workingDir: string;
  /** File relative to `workingDir`; empty: `args` are the command. */
  readonly entrypoint: string;
  readonly handler: string;
}

/** What a server tells about one execution; fields behind `errorMessage` are empty from a foreign server. */
export interface ExecutionStatus {
  readonly id: string;
  readonly state: State;
  /** The program's own, 128+N for signal N; meaningful once the state is succeeded or failed. */
  readonly exitCode: number;
  /** The beginning of the stream, bounded; empty in List and Attach. */
  readonly stdout: string;
  readonly stderr: string;
  readonly errorMessage: string;
  /** E.g. `SIGKILL`; empty when the program ended by itself. */
  readonly signal: string;
  /** A Run reason where the server knows more than the exit code says, else empty. */
  readonly reason: string;
  /** Microseconds since the Unix epoch, 0: not yet. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Bytes that the output cap dropped. */
  readonly stdoutDropped: number;
  readonly stderrDropped: number;
}

/** Whether nothing more will come of an execution. */
export function hasEnded({ state }: Pick<ExecutionStatus, 'state'>): boolean {
  return state === 'succeeded' || state === 'failed';
}

/** Whether the server can take an Execute now, and if not, why. */
export interface Health {
  readonly healthy: boolean;
  readonly message: string;
  /** `UserPerSlot` where each execution has a user of the system for itself. */
  readonly isolation?: string;
}

/** Bytes of each stream that an attaching caller has already. */
export interface Offsets {
  readonly stdout: number;
  readonly stderr: number;
}

/** What Attach yields: output in the order it was read, gaps of the cap, and `final` as the last event. */
export type AttachEvent =
  | { readonly type: 'chunk'; readonly stream: StreamName; readonly offset: number; readonly data: Uint8Array }
  | { readonly type: 'truncated'; readonly stream: StreamName; readonly offset: number; readonly dropped: number }
  | { readonly type: 'final'; readonly status: ExecutionStatus };

/** A status of `id` in `state` with every other field empty, to spread the known ones over. */
export function emptyStatus(id: string, state: State): ExecutionStatus {
  return {
    id,
    state,
    exitCode: 0,
    stdout: '',
    stderr: '',
    errorMessage: '',
    signal: '',
    reason: '',
    startedAt: 0,
    finishedAt: 0,
    stdoutDropped: 0,
    stderrDropped: 0,
  };
}
