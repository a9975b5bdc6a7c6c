import type { Clock } from '../../lib/clock.ts';
import { type ExecuteRequest, isRuntimeError, type RuntimeClient } from '../../protocol/index.ts';
import { isUnreached, type ServerGate } from './server-gate.ts';

/** What starting an execution needs. */
export interface StartOptions {
  readonly server: RuntimeClient;
  readonly gate: Pick<ServerGate, 'pass' | 'recheck'>;
  readonly clock: Clock;
  /** Aborts when the attempt is to end before it has started. */
  readonly signal: AbortSignal;
  /** Told before and after each call: while one is under way the program may have started. */
  readonly onCall: (underWay: boolean) => void;
}

const RETRY_MS = 50;
const LONGEST_RETRY_MS = 1000;

/**
 * Asks the Runtime Server to execute, once it is ready. `started`: it may run (a lost answer counts, as whether it
 * does is for Attach to tell); `rejected`: the server will never take it, for the reason given. A call that can't
 * have started anything is made again. Throws the signal's reason, with nothing started.
 */
export async function startExecution(
  request: ExecuteRequest,
  { server, gate, clock, signal, onCall }: StartOptions,
): Promise<{ readonly started: true } | { readonly started: false; readonly message: string }> {
  for (let delay = RETRY_MS; ; delay = Math.min(delay * 2, LONGEST_RETRY_MS)) {
    await gate.pass(signal);
    onCall(true);
    try {
      await server.execute(request);
      return { started: true };
    } catch (error) {
      if (isRuntimeError(error, 'invalidArgument')) return { started: false, message: error.message };
      if (!hasStartedNothing(error)) {
        gate.recheck(`Execute: ${(error as Error).message}`);
        return { started: true };
      }
      if (!isRuntimeError(error, 'resourceExhausted')) gate.recheck(`Execute: ${(error as Error).message}`);
    }
    onCall(false);
    await clock.sleep(delay, signal);
  }
}

/** Refused by a server that did not look at the request, or never delivered. */
function hasStartedNothing(error: unknown): boolean {
  if (isRuntimeError(error, 'unauthenticated', 'resourceExhausted')) return true;
  return isUnreached(error) || (isRuntimeError(error, 'unavailable') && NOT_TAKEN.test(error.message));
}

/** What krt's own Runtime Servers answer before they read the request. */
const NOT_TAKEN = /has not been given its token yet|is shutting down/;
