/** A program that could not be started, with the Run reason that says whose fault it is. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly reason: 'InvalidSource' | 'RuntimeRejected';

  constructor(reason: StartError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
