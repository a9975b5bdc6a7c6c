import type { RunReason } from '../../../crds/v1alpha1/reasons.ts';
import type { ArtifactRef, RunPhase } from '../../../crds/v1alpha1/run.ts';

/** What all events have: when it happened, by the cluster's clock where that told, and to which Run. */
interface Happened {
  readonly time: string;
  readonly run: string;
  readonly namespace: string;
  readonly uid: string;
}

/** One thing that happened to a Run: what `krt run --json` prints a line of. Fields are added, never renamed. */
export type RunEvent = Happened &
  (
    | { readonly type: 'created'; readonly runtime: string }
    | { readonly type: 'waiting'; readonly reason: string; readonly message?: string | undefined }
    | { readonly type: 'scheduled'; readonly attempt: number; readonly pod: string }
    | { readonly type: 'running'; readonly attempt: number }
    | LogEvent
    | {
        readonly type: 'retried';
        readonly attempt: number;
        readonly reason: RunReason;
        readonly exitCode?: number | undefined;
        readonly nextAttemptTime?: string | undefined;
      }
    | { readonly type: 'incomplete'; readonly attempt?: number | undefined; readonly message: string }
    | {
        readonly type: 'finished';
        readonly phase: RunPhase;
        readonly attempt?: number | undefined;
        readonly reason?: RunReason | undefined;
        readonly exitCode?: number | undefined;
        readonly signal?: string | undefined;
        readonly message?: string | undefined;
        readonly outputs: Readonly<Record<string, string>>;
        readonly artifacts: readonly Pick<ArtifactRef, 'name' | 'type' | 'sizeBytes' | 'digest'>[];
      }
    | { readonly type: 'deleted' }
  );

interface LogEvent {
  readonly type: 'log';
  readonly attempt: number;
  readonly stream: 'stdout' | 'stderr';
  readonly seq: number;
  readonly message: string;
  readonly encoding?: 'base64' | undefined;
  readonly partial?: true | undefined;
}

/** Every type of event with what it tells, in the order of a Run's life, and the fields that are its own. */
export const RUN_EVENTS = {
  created: { meaning: 'the API server has the Run; always the first', fields: ['runtime'] },
  waiting: { meaning: 'no Pod takes it yet; again when the reason changes', fields: ['reason', 'message'] },
  scheduled: { meaning: 'an attempt has its Pod', fields: ['attempt', 'pod'] },
  running: { meaning: 'the program of the attempt has started; before its first line', fields: ['attempt'] },
  log: {
    meaning: 'a line of output, or a part of one; not with --wait',
    fields: ['attempt', 'stream', 'seq', 'message', 'encoding', 'partial'],
  },
  retried: {
    meaning: 'the attempt has ended, and there will be another; last lines of it may still come',
    fields: ['attempt', 'reason', 'exitCode', 'nextAttemptTime'],
  },
  incomplete: { meaning: 'output that there was cannot be shown', fields: ['attempt', 'message'] },
  finished: {
    meaning: 'the Run has ended; always the last',
    fields: ['phase', 'attempt', 'reason', 'exitCode', 'signal', 'message', 'outputs', 'artifacts'],
  },
  deleted: { meaning: 'the Run was deleted before it ended; the last then', fields: [] },
} as const satisfies Record<RunEvent['type'], { readonly meaning: string; readonly fields: readonly string[] }>;

/** What each field of an event holds. */
export const EVENT_FIELDS: Readonly<Record<string, string>> = {
  type: 'one of the types above',
  time: 'when it happened, RFC 3339',
  run: 'name of the Run',
  namespace: 'of the Run',
  uid: 'of the Run',
  runtime: 'name of its Runtime',
  attempt: 'number of the attempt, from 1',
  pod: 'name of the Runtime Pod',
  stream: '`stdout` or `stderr`',
  seq: 'number of the line in its attempt, from 1, over both streams; none is missing but where `incomplete` says so',
  message: 'the line without its newline; elsewhere a text for people',
  encoding: '`base64` where the bytes of the line are no UTF-8; otherwise absent',
  partial: 'true where the line goes on in the next `log` of its stream',
  reason: 'why it waits or ended: see [reasons](reasons.md)',
  exitCode: "the program's own; absent where it gave none",
  signal: 'that ended the program, such as `SIGKILL`',
  nextAttemptTime: 'no attempt is made before',
  phase: '`Succeeded`, `Failed`, `Timeout` or `Cancelled`',
  outputs: 'what the program wrote to `$KRUNTIME_OUTPUTS`, by key',
  artifacts: 'a list of `name`, `type`, `sizeBytes` and `digest`',
};
