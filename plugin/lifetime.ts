import { brokenPipeError, internalError, interruptedError, type KrtError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { flush } from './streams.ts';

/** What ends a command from outside. */
export interface Lifetime {
  /** Aborts on Ctrl-C, SIGTERM, SIGHUP, or when the reader of stdout goes away; its reason is the KrtError to end with. */
  readonly signal: AbortSignal;
  /** For a stdout that can't be written any more. */
  fail(error: NodeJS.ErrnoException): void;
  /** Waits until stdout has taken all; throws where it has not: a command must not end as if all was shown. */
  settleOutput(): Promise<void>;
  /** Gives signals their own effect back. */
  end(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Watches the process: the first signal aborts, so that the command can end well; the second ends the process. */
export function watchProcess(): Lifetime {
  const controller = new AbortController();
  let lost: KrtError | undefined;
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(interruptedError());
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    fail(error) {
      lost ??= error.code === 'EPIPE' ? brokenPipeError() : internalError(`cannot write the output: ${error.message}`);
      controller.abort(lost);
    },
    async settleOutput() {
      await flush(process.stdout);
      if (lost) throw lost;
    },
    end() {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
