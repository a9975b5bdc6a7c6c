import type { Clock } from '../../lib/clock.ts';
import { type ExecutionStatus, hasEnded, isRuntimeError, type RuntimeClient, STREAMS } from '../../protocol/index.ts';
import type { RunLog } from '../logs/run-log.ts';
import type { ServerGate } from './server-gate.ts';

/** What following an execution needs. */
export interface FollowOptions {
  readonly server: RuntimeClient;
  readonly gate: Pick<ServerGate, 'pass' | 'recheck'>;
  readonly clock: Clock;
  readonly log: Pick<RunLog, 'chunk' | 'gap'>;
  /** Gives up following; the execution goes on. */
  readonly signal: AbortSignal;
}

const RETRY_MS = 50;
const FIRST_POLL_MS = 10;
const LONGEST_POLL_MS = 500;

/**
 * Follows an execution to its end and takes its output into the log. A broken stream goes on where it broke, for as
 * long as it takes the Runtime Server to come back. undefined: the server no longer knows it, so it is dead.
 * Throws the signal's reason.
 */
export async function followExecution(id: string, options: FollowOptions): Promise<ExecutionStatus | undefined> {
  const { server, gate, clock, log, signal } = options;
  const offsets = { stdout: 0, stderr: 0 };
  for (;;) {
    signal.throwIfAborted();
    try {
      for await (const event of server.attach(id, { ...offsets }, signal)) {
        if (event.type === 'final') return event.status;
        if (event.type === 'chunk') {
          offsets[event.stream] = event.offset + event.data.length;
          await log.chunk(event.stream, asBuffer(event.data));
        } else {
          offsets[event.stream] = event.offset + event.dropped;
          await log.gap(event.stream, event.dropped);
        }
      }
      gate.recheck('Attach ended without the final state');
    } catch (error) {
      signal.throwIfAborted();
      if (isRuntimeError(error, 'notFound')) return undefined;
      if (isRuntimeError(error, 'unimplemented')) return poll(id, options);
      gate.recheck(`Attach: ${(error as Error).message}`);
    }
    await clock.sleep(RETRY_MS, signal);
    await gate.pass(signal);
  }
}

/** For a Runtime Server without Attach: its Status, asked for less and less often. */
async function poll(id: string, options: FollowOptions): Promise<ExecutionStatus | undefined> {
  const { server, gate, clock, log, signal } = options;
  const seen = { stdout: 0, stderr: 0 };
  for (let delay = FIRST_POLL_MS; ; delay = Math.min(delay * 1.5, LONGEST_POLL_MS)) {
    signal.throwIfAborted();
    try {
      const status = await server.status(id);
      const ended = hasEnded(status);
      for (const stream of STREAMS) {
        // a character that the text ends in the middle of is U+FFFD for now: it comes whole with the next answer
        const text = ended ? status[stream] : status[stream].replace(/\uFFFD+$/, '');
        const data = Buffer.from(text);
        if (data.length <= seen[stream]) continue;
        await log.chunk(stream, data.subarray(seen[stream]));
        seen[stream] = data.length;
        delay = FIRST_POLL_MS;
      }
      if (ended) return status;
    } catch (error) {
      signal.throwIfAborted();
      if (isRuntimeError(error, 'notFound')) return undefined;
      gate.recheck(`Status: ${(error as Error).message}`);
      await gate.pass(signal);
    }
    await clock.sleep(delay, signal);
  }
}

const asBuffer = (data: Uint8Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
