import type { RunReason } from '../../../crds/v1alpha1/reasons.ts';

/** A source that could not be prepared, with the reason for the Run's status and a message for its author. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly reason: Extract<RunReason, 'InvalidSource' | 'SourceUnavailable'>;

  constructor(reason: SourceError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
