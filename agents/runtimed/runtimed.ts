import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { Isolation, ArtifactStore as StoreSpec } from '../../crds/v1alpha1/runtime.ts';
import { aborted } from '../lib/aborted.ts';
import type { Clock } from '../lib/clock.ts';
import { countWatchRestarts } from '../lib/common-metrics.ts';
import { isRuntimeError, type RuntimeClient } from '../protocol/index.ts';
import { removeWithRuns } from './artifacts/remove-with-runs.ts';
import type { ArtifactStore } from './artifacts/store.ts';
import type { Context, Tuning } from './context.ts';
import { Fence, hearAnswers } from './fence.ts';
import { followRuns, runsOfPod } from './intake.ts';
import { type Journal, openJournal } from './journal/journal.ts';
import { CutStore } from './logs/cuts.ts';
import { type LogSink, LogWriter } from './logs/log-writer.ts';
import { LogSpools } from './logs/spool.ts';
import { makeMetrics } from './metrics.ts';
import { OneRun } from './one-run.ts';
import { loadAuthToken } from './server/auth-token.ts';
import { ServerGate } from './server/server-gate.ts';
import { Slots } from './slots.ts';
import type { PodIdentity } from './status/run-status.ts';
import { StatusWriter } from './status/status-writer.ts';
import { Supervisor } from './supervisor.ts';
import { Workspaces } from './workspace.ts';

/** What runtimed runs with. */
export interface RuntimedOptions {
  readonly pod: PodIdentity;
  readonly slots: Readonly<Record<string, number>>;
  /** Default SharedUser. */
  readonly isolation?: Isolation;
  readonly workspaceDir: string;
  /** For journal and token: out of reach of user code. */
  readonly stateDir: string;
  readonly authDir: string;
  readonly searchPath: string;
  readonly tuning: Tuning;
  /** Where artifacts go; absent: nowhere. */
  readonly artifactStore?: ArtifactStore | undefined;
  /** What the Runtime says of it. */
  readonly storeSpec?: StoreSpec | undefined;
  /** Name of the Runtime. */
  readonly runtime?: string;
  readonly runs: ResourceClient<Run>;
  /** Connects to the Runtime Server; the token is asked for at each call. */
  readonly connect: (token: () => string) => RuntimeClient;
  /** Where the log lines of Runs go. */
  readonly sink: LogSink;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  /** From 0 to 1, for jitter; default Math.random. */
  readonly random?: () => number;
  /** Default: the journal in `stateDir`. */
  readonly openJournal?: (dir: string) => Promise<Journal>;
  /** Asks to stop politely. */
  readonly signal: AbortSignal;
}

/** A runtimed that is at work. */
export interface Runtimed {
  /** Why the Pod is not to be given Runs; undefined: it is ready. */
  notReady(): string | undefined;
  /** Resolves when it has stopped, after the abort of the signal; rejects when it can't go on. */
  readonly stopped: Promise<void>;
}

/** Starts runtimed: goes on with what an earlier process left, then takes Runs that are assigned to the Pod. */
export async function startRuntimed(options: RuntimedOptions): Promise<Runtimed> {
  const { pod, clock, log, signal, tuning, stateDir } = options;
  // outlives `signal`: what runs is seen to its end before it aborts
  const hardStop = new AbortController();
  const token = await loadAuthToken(stateDir, options.authDir);
  const journal = await (options.openJournal ?? openJournal)(stateDir);
  if (journal.broken > 0) log.warn({ lines: journal.broken }, 'the journal has lines that can not be read');

  let supervisor: Supervisor | undefined;
  const probe = (over: AbortSignal) =>
    runs.list(pod.namespace, { fieldSelector: runsOfPod(pod), limit: 1, signal: over });
  const onFenced = () => {
    log.error({ afterMs: tuning.fenceAfterMs }, 'the API server is out of reach for too long: ending what runs');
    supervisor?.stopAll('PodLost');
  };
  const fence = new Fence({ clock, signal: hardStop.signal, afterMs: tuning.fenceAfterMs, probe, onFenced });
  const runs = hearAnswers(options.runs, () => fence.touch());

  const restarts = countWatchRestarts(options.registry);
  const metrics = makeMetrics(options.registry, {
    executions: () => supervisor?.size ?? 0,
    waiting: () => slots.waiting,
  });
  const server = options.connect(() => token.value);
  const onReady = () => forgetStrangers(server, id => supervisor?.has(id) ?? true);
  const { isolation } = options;
  const gate = new ServerGate({ server, token, clock, log, signal: hardStop.signal, isolation, onReady });
  const workspaces = new Workspaces(options.workspaceDir);
  const slots = new Slots(options.slots);
  const oneRun = isolation === 'PodPerRun' ? new OneRun(stateDir) : undefined;
  const random = options.random ?? Math.random;
  const status = new StatusWriter({ runs, pod, clock, log, metrics, random, signal: hardStop.signal });
  const context: Context = {
    ...{ pod, runs, clock, log, metrics, server, gate, journal, workspaces, slots, oneRun, status, tuning },
    halted: hardStop.signal,
    stopping: signal,
    cuts: new CutStore(stateDir),
    logWriter: new LogWriter(options.sink),
    searchPath: options.searchPath,
    artifactStore: options.artifactStore,
    storeSpec: options.storeSpec,
    spools: options.artifactStore && new LogSpools(stateDir),
  };

  const open = new Set(journal.left.map(({ attempt }) => attempt.id));
  const swept = await workspaces.sweep(id => open.has(id));
  log.info({ pod: pod.name, left: open.size, swept: swept.length }, 'runtimed starts');
  supervisor = new Supervisor(context);
  const boss = supervisor;
  boss.adopt();

  const onRetry = (err: unknown, delayMs: number) => {
    restarts.inc();
    log.warn({ err, delayMs }, 'following Runs failed');
  };
  let synced = false;
  const intake = followRuns({
    ...{ runs, pod, clock, supervisor: boss, signal: hardStop.signal },
    onSynced: () => {
      synced = true;
    },
    onRetry,
  });
  const { artifactStore: store, runtime } = options;
  const following = { runs, pod, clock, random, log, onRetry, signal: hardStop.signal };
  const removal = store && runtime && removeWithRuns({ ...following, store, storeSpec: options.storeSpec, runtime });
  const loops = Promise.all([gate.run(), fence.run(), intake, removal]);
  const drained = aborted(signal)
    .then(() => drain(boss, options))
    .then(() => (oneRun?.taken ? clock.sleep(tuning.lingerMs) : undefined));
  const stopped = Promise.race([loops, drained]).finally(async () => {
    hardStop.abort(new Error('runtimed stops'));
    await loops.catch(() => undefined); // told by the race, or the abort itself
    server.close();
    await journal.close();
  });

  return {
    stopped: stopped.then(() => undefined),
    notReady() {
      if (signal.aborted) return 'the Pod is being stopped';
      if (fence.fenced) return 'the API server is out of reach';
      if (!synced) return 'the Runs of this Pod are not known yet';
      if (oneRun?.taken && boss.size === 0) return 'this Pod has had its one Run';
      return gate.ready ? undefined : gate.why;
    },
  };
}

/** Gives back what has not started, lets programs go on for the grace, ends the rest, and sees the statuses off. */
async function drain(supervisor: Supervisor, { clock, log, tuning }: RuntimedOptions): Promise<void> {
  log.info({ attempts: supervisor.size }, 'stopping');
  supervisor.drain();
  // what is assigned meanwhile is given back too: without this process nobody could tell that it was never started
  const idle = clock.sleep(tuning.lateMs).then(() => supervisor.idle());
  if (await within(idle, tuning.graceMs, clock)) return;
  supervisor.stopAll('Draining');
  if (await within(idle, tuning.lastWordsMs, clock)) return;
  log.error({ attempts: supervisor.size }, 'stopped with results untold: they are in the journal');
}

/** What the Runtime Server keeps and nobody here knows is left over: a Forget was lost. It kills what still runs. */
async function forgetStrangers(server: RuntimeClient, isKnown: (id: string) => boolean): Promise<void> {
  let entries: Awaited<ReturnType<RuntimeClient['list']>>;
  try {
    entries = await server.list();
  } catch (error) {
    if (isRuntimeError(error, 'unimplemented')) return;
    throw error;
  }
  for (const { id } of entries) if (!isKnown(id)) await server.forget(id);
}

async function within(done: Promise<void>, ms: number, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  const inTime = done.then(() => true);
  const tooLate = clock.sleep(ms, over.signal).then(
    () => false,
    () => true, // done before
  );
  const result = await Promise.race([inTime, tooLate]);
  over.abort();
  return result;
}
