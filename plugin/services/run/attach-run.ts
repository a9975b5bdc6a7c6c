import type { Clock } from '../../../crds/client/clock.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { isTerminal, type Run } from '../../../crds/v1alpha1/run.ts';
import { interruptedError, type KrtError } from '../../errors.ts';
import { EXIT } from '../../exit-codes.ts';
import type { LogOutput } from '../../terminal/log-output.ts';
import { sanitise } from '../../terminal/sanitise.ts';
import type { Progress } from '../../ui/progress.ts';
import { cancelRun } from '../cancel-run.ts';
import { type LogClients, readDeps } from '../logs/read-deps.ts';
import type { Emit } from '../logs/read-once.ts';
import { RunLogReader } from '../logs/read-run.ts';
import { type TrackedRun, trackRun } from '../track-run.ts';
import { onAbort } from './on-abort.ts';
import type { RunObserver } from './run-observer.ts';
import { WaitingTeller } from './tell-waiting.ts';

/** What attaching needs. */
export interface AttachDeps {
  readonly clients: LogClients & Partial<Pick<Clients, 'runtimes'>>;
  readonly clock: Clock;
  /** Aborts when the user interrupts, or the output has no reader any more. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Where the program's output goes; absent: it is not wanted. */
  readonly output?: LogOutput | undefined;
  /** Told of all that is seen, output too where none is to be shown. */
  readonly observer?: RunObserver | undefined;
  /** Whether an interrupt cancels the Run; otherwise it goes on without us. */
  readonly cancelOnInterrupt: boolean;
  /** How the user calls a command of krt about this Run, such as `krt cancel NAME`. */
  readonly commandFor: (command: string, name: string) => string;
}

/** Failures to reach the API server that last shorter are nobody's business. */
const TROUBLE_MS = 5_000;

/**
 * Stays with a Run to its end: shows its output as it appears, and why it waits. Gives its last copy, which is not
 * terminal when the Run was deleted. An interrupt detaches (it is thrown) or cancels.
 */
export async function attachRun(run: Run, deps: AttachDeps): Promise<Run> {
  const { clients, clock, progress, output, observer } = deps;
  const own = new AbortController();
  const tracked = trackRun(run, { runs: clients.runs, clock, signal: own.signal, onTrouble: troubleTeller(progress) });
  const waiting = new AbortController();
  const atLineStart = () => output?.atLineStart ?? true;
  const teller = new WaitingTeller(tracked, {
    runs: clients.runs,
    runtimes: clients.runtimes,
    progress,
    clock,
    atLineStart,
    signal: waiting.signal,
  });
  const unsubscribe = onAbort(deps.signal, () => void interrupt(run, own, deps));
  observer?.changed(run);
  tracked.onChange(() => observer?.changed(tracked.latest));
  const telling = teller.run();
  try {
    const emit = output ? emitTo(output, teller) : observer?.output;
    if (emit) await showOutput(tracked, emit, own.signal, deps);
    return await tracked.until(isTerminal);
  } finally {
    unsubscribe();
    tracked.stop();
    waiting.abort();
    await telling;
    await output?.end();
  }
}

/** Shows the program's output to the end of the Run; where that can't be read, the Run itself is still waited for. */
async function showOutput(
  tracked: TrackedRun,
  emit: Emit,
  signal: AbortSignal,
  { clients, clock, progress, output, observer }: AttachDeps,
): Promise<void> {
  const name = tracked.latest.metadata.name;
  try {
    const missing = await new RunLogReader(tracked, readDeps(clients, { clock, signal, emit })).follow();
    await output?.end();
    for (const { attempt, why } of missing) {
      if (observer) observer.missing({ attempt, why });
      else progress.note(`Run ${name}, attempt ${attempt}: ${sanitise(why)}`);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const why = (error as Error).message;
    if (observer) observer.missing({ why });
    else progress.note(`the output of Run ${name} can't be shown: ${sanitise(why)}`);
  }
}

function emitTo(output: LogOutput, teller: WaitingTeller): Emit {
  return ({ stream, data }) => {
    teller.output();
    return output.write(stream === 'stderr' ? 'stderr' : 'stdout', data);
  };
}

async function interrupt(run: Run, own: AbortController, deps: AttachDeps): Promise<void> {
  const { clients, clock, signal, progress, cancelOnInterrupt, commandFor } = deps;
  const { name = '', namespace } = run.metadata;
  if ((signal.reason as Partial<KrtError>).exitCode !== EXIT.interrupted) return own.abort(signal.reason);
  if (!cancelOnInterrupt) return own.abort(detachedError(name, commandFor));
  progress.note(`cancelling Run ${name}; press Ctrl-C again to leave at once`);
  try {
    await cancelRun(clients.runs, { name, namespace, clock, signal: own.signal });
  } catch (error) {
    const why = `Run ${name} could not be cancelled: ${(error as Error).message}`;
    own.abort(interruptedError(why, `try again with: ${commandFor('cancel', name)}`));
  }
}

function detachedError(name: string, commandFor: AttachDeps['commandFor']): KrtError {
  const hint = `follow it with: ${commandFor('logs -f', name)}; cancel it with: ${commandFor('cancel', name)}`;
  return interruptedError(`detached: Run ${name} goes on`, hint);
}

/** Tells once of each outage that lasts. */
function troubleTeller(progress: Progress): (error: unknown, lastedMs: number) => void {
  let told = false;
  return (error, lastedMs) => {
    if (lastedMs < TROUBLE_MS) told = false;
    else if (!told) {
      told = true;
      progress.note(`lost the connection to the API server, trying again: ${sanitise((error as Error).message)}`);
    }
  };
}
