import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { aborted } from '../../lib/aborted.ts';
import type { Clock } from '../../lib/clock.ts';
import { type ExecuteRequest, serveRuntime } from '../../protocol/index.ts';
import type { Planner } from './execution.ts';
import { containerUsage } from './limits/container-usage.ts';
import { processUsage } from './limits/process-usage.ts';
import type { RunLimits } from './limits/run-limits.ts';
import { Watchdog } from './limits/watchdog.ts';
import { Containment } from './process/containment.ts';
import { namespaceFreezer } from './process/freezer.ts';
import { startGuardian } from './process/guardian.ts';
import { makeMarks } from './process/marks.ts';
import { ownsItsNamespace } from './process/own-namespace.ts';
import { FifoPipes } from './process/pipes.ts';
import { linuxProc } from './process/proc.ts';
import type { SpareKind } from './process/spare-kind.ts';
import { Spares } from './process/spares.ts';
import { ProcessTable } from './process-table.ts';
import { rootBelow } from './root-below.ts';
import { readTokenWhenThere } from './token-file.ts';
import { takeBack } from './users/take-back.ts';
import { openUsers } from './users/users.ts';

/** What a built-in Runtime Server runs with. */
export interface RuntimeServerOptions {
  readonly plan: Planner;
  readonly spareKind: SpareKind;
  /** Absolute path of bash, which starts the programs. */
  readonly shell: string;
  readonly port: number;
  /** Directory in which runtimed publishes the token. */
  readonly authDir: string;
  /** Existing directory for output that doesn't stay in memory; a private one is made in it. */
  readonly spoolDir: string;
  readonly outputCapBytes: number;
  /** How many processes wait, started and prepared, for a program. */
  readonly spares: number;
  readonly graceMs: number;
  /** Milliseconds that running executions may go on after `signal`. */
  readonly shutdownMs: number;
  /** With `UserPerSlot`, each execution has a user of the system for itself; anything else is for others to see to. */
  readonly isolation: string;
  /** What one execution may use; absent: no limits. */
  readonly limits?: RunLimits | undefined;
  /** The volume in which callers keep the files of each execution, below `runs`. */
  readonly workspaceDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asks to shut down politely. */
  readonly signal: AbortSignal;
}

/** Milliseconds that a child may go on with the output once the main process of an execution has ended. */
const DRAIN_MS = 250;
/** Milliseconds in which callers may fetch the last results of a server that shuts down. */
const LINGER_MS = 2000;

/** Serves a built-in Runtime until `signal`, and resolves when all that ran has ended; rejects when it can't listen. */
export async function serveBuiltinRuntime(options: RuntimeServerOptions): Promise<void> {
  const dir = await mkdtemp(join(options.spoolDir, 'krt-runtime-'));
  const stop = new AbortController();
  try {
    await serveUntilSignal(options, dir, stop.signal);
  } finally {
    stop.abort();
    await rm(dir, { recursive: true, force: true });
  }
}

async function serveUntilSignal(options: RuntimeServerOptions, dir: string, stopped: AbortSignal): Promise<void> {
  const { clock, log, signal, authDir, limits, isolation, workspaceDir } = options;
  const machine = { proc: linuxProc(), kill: process.kill.bind(process) };
  const identity = `${hostname()} ${authDir}`;
  const marks = makeMarks(identity, randomInt(1000));
  const pipes = new FifoPipes(dir);
  // or not at all: whoever asks for users gets no Pod that is ready without them
  const users = isolation === 'UserPerSlot' ? openUsers(identity, workspaceDir) : undefined;
  const ownsNamespace = ownsItsNamespace();
  // elsewhere the control group is that of many others
  const container = ownsNamespace ? containerUsage : () => ({});
  const freezer = ownsNamespace ? namespaceFreezer(machine.kill) : undefined;
  const watchdog =
    machine.proc && limits
      ? new Watchdog({ limits, proc: machine.proc, usage: processUsage, container, freezer, clock })
      : undefined;
  const rootOf = ({ workingDir }: ExecuteRequest) => rootBelow(join(workspaceDir, 'runs'), workingDir);
  const output = { capBytes: options.outputCapBytes, spoolDir: dir };
  // what waits already has a user, and it is the server's own
  const shared = { ...options, marks, pipes, ownsNamespace };
  const spares = new Spares({ ...shared, ...machine, count: users ? 0 : options.spares });
  const table = new ProcessTable({
    ...shared,
    ...{ spares, machine, output, watchdog, users, rootOf },
    drainMs: DRAIN_MS,
  });
  let token: string | undefined;

  // Listening first: the port is the lock that keeps a second server from taking our processes for leftovers.
  const address = `127.0.0.1:${options.port}`;
  const served = await serveRuntime({ address, handlers: table, token: () => token, signal: stopped });
  if (machine.proc) {
    startGuardian(marks.prefix, dir);
    // What an earlier start of this server left behind when it was killed.
    const left = await new Containment(marks.owns, { ...machine, clock }).killAll();
    if (left > 0) log.warn({ left }, 'processes of an earlier start would not die');
  }
  if (users) await takeBack(users, join(workspaceDir, 'runs'));
  await pipes.fill();
  void spares.fill();
  log.info({ address: served.address }, 'listening, waiting for the token');

  try {
    token = await readTokenWhenThere({ path: join(authDir, 'token'), clock, signal });
    log.info('ready');
    await aborted(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  log.info('shutting down');
  await table.shutdown(options.shutdownMs);
  const lingered = new AbortController();
  await Promise.race([served.drain(), clock.sleep(LINGER_MS, lingered.signal).catch(() => {})]); // aborted: drained
  lingered.abort();
}
