/** What a reason means, the phase it ends in, and whether another attempt may heal it. */
export interface ReasonInfo {
  readonly phase: 'Succeeded' | 'Failed' | 'Timeout' | 'Cancelled';
  /** Retried by a retryPolicy that names no retryableReasons. */
  readonly retryable: boolean;
  readonly meaning: string;
}

/** The one table of reasons: why a Run or one of its attempts ended. */
export const REASONS = {
  Completed: { phase: 'Succeeded', retryable: false, meaning: 'the program exited with 0' },
  ExitCode: { phase: 'Failed', retryable: true, meaning: 'the program exited with a code that is not 0' },
  Signal: { phase: 'Failed', retryable: true, meaning: 'a signal ended the program' },
  OutOfMemory: { phase: 'Failed', retryable: true, meaning: 'the program was killed for using too much memory' },
  DiskExceeded: {
    phase: 'Failed',
    retryable: false,
    meaning: 'the program wrote more to disk than its Runtime allows',
  },
  ProcessesExceeded: {
    phase: 'Failed',
    retryable: false,
    meaning: 'the program had more processes at once than its Runtime allows',
  },
  Timeout: { phase: 'Timeout', retryable: true, meaning: 'the attempt ran longer than spec.timeout' },
  Cancelled: { phase: 'Cancelled', retryable: false, meaning: 'spec.cancelRequested was set before the end' },
  InvalidSource: { phase: 'Failed', retryable: false, meaning: 'the source or entrypoint could not be prepared' },
  SourceUnavailable: { phase: 'Failed', retryable: true, meaning: 'the git repository could not be fetched' },
  InvalidOutputs: { phase: 'Failed', retryable: false, meaning: 'a line of $KRUNTIME_OUTPUTS is not KEY=VALUE' },
  OutputsTooLarge: { phase: 'Failed', retryable: false, meaning: '$KRUNTIME_OUTPUTS exceeds its limits' },
  ArtifactFailed: { phase: 'Failed', retryable: true, meaning: 'an artifact could not be stored' },
  RuntimeRejected: { phase: 'Failed', retryable: false, meaning: 'the Runtime Server refused the Run' },
  RuntimeCrashed: { phase: 'Failed', retryable: true, meaning: 'the Runtime Server ended while the program ran' },
  PodLost: { phase: 'Failed', retryable: true, meaning: 'the Runtime Pod is gone' },
  Draining: { phase: 'Failed', retryable: true, meaning: 'the Runtime Pod was stopped before the program ended' },
  Unschedulable: { phase: 'Failed', retryable: false, meaning: 'no Pod can ever take the Run' },
} as const satisfies Record<string, ReasonInfo>;

/** Why a Run or one of its attempts ended. */
export type RunReason = keyof typeof REASONS;

/** Every reason, in the table's order. */
export const RUN_REASONS = Object.keys(REASONS) as RunReason[];
