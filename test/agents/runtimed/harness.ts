import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { DEFAULT_TUNING, type Tuning } from '../../../agents/runtimed/context.ts';
import { type Runtimed, type RuntimedOptions, startRuntimed } from '../../../agents/runtimed/runtimed.ts';
import { isTerminal, type Run } from '../../../crds/v1alpha1/run.ts';
import { makeRun, type RunBuilder } from '../../builders/run.ts';
import { makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';
import { FakeRuntimeServer } from '../../fakes/runtime-server.ts';

export const POD = { name: 'pod-1', namespace: 'default', uid: 'uid-pod-1' };

/** One line of a Run's log. */
export interface LogLine {
  readonly run_name: string;
  readonly run_uid: string;
  readonly attempt: number;
  readonly stream: string;
  readonly seq: number;
  readonly message: string;
  readonly partial?: boolean;
  readonly encoding?: string;
}

/** A Pod in memory around a real runtimed with real directories. */
export class Bench {
  readonly clock = new FakeClock();
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'krt-runtimed-')));
  readonly server = new FakeRuntimeServer();
  readonly clients = makeFakeClients(() => this.clock.now());
  readonly runs = this.clients.runs;
  readonly lines: LogLine[] = [];
  registry = new Registry();
  /** What an instance that hangs for ever can't close itself. */
  readonly closing: (() => Promise<void>)[] = [];
  #instances: { runtimed: Runtimed; stop: AbortController }[] = [];

  constructor() {
    for (const name of ['state', 'auth', 'workspace']) mkdirSync(join(this.dir, name));
  }

  /** Starts an instance; more than one is a restart on the same directories. */
  async start(more: Partial<RuntimedOptions> & { tune?: Partial<Tuning> } = {}): Promise<Runtimed> {
    const { tune, ...options } = more;
    const stop = new AbortController();
    this.registry = new Registry();
    const runtimed = await startRuntimed({
      pod: POD,
      slots: { runs: 2 },
      workspaceDir: join(this.dir, 'workspace'),
      stateDir: join(this.dir, 'state'),
      authDir: join(this.dir, 'auth'),
      searchPath: process.env['PATH'] ?? '',
      tuning: { ...DEFAULT_TUNING, ...tune },
      runs: this.runs,
      connect: () => this.server,
      sink: { write: async data => this.take(data) },
      clock: this.clock,
      log: pino({ level: process.env['KRT_LOG_LEVEL'] ?? 'silent' }),
      registry: this.registry,
      random: () => 0,
      signal: stop.signal,
      ...options,
    });
    runtimed.stopped.catch(() => undefined); // tests that care await it
    this.#instances.push({ runtimed, stop });
    return runtimed;
  }

  take(data: Buffer): void {
    for (const line of data.toString().split('\n')) if (line) this.lines.push(JSON.parse(line) as LogLine);
  }

  /** Assigns a Run to the Pod. */
  assign(builder: RunBuilder | string): Run {
    return this.runs.seed((typeof builder === 'string' ? makeRun(builder) : builder).scheduled(POD.name).obj());
  }

  run(name: string): Run {
    return this.runs.peek(name)!;
  }

  /** SIGTERM to the newest instance. */
  terminate(): void {
    this.#instances.at(-1)!.stop.abort();
  }

  /** Lets everything go on until `done`, with real I/O under way; the clock rests, or moves by `tick` ms each turn. */
  async until(done: () => unknown, { what = String(done), tick = 0 } = {}): Promise<void> {
    // counted in real time, not in turns: a disk that is busy takes as many turns as it likes
    const deadline = performance.now() + 15_000;
    while (!(await done())) {
      if (performance.now() > deadline) throw new Error(`never came true: ${what}`);
      await (tick > 0 ? this.clock.advance(tick) : settle());
    }
  }

  async untilEnded(name: string, tick = 0): Promise<Run> {
    await this.until(() => isTerminal(this.run(name)), { what: `${name} has ended`, tick });
    return this.run(name);
  }

  async started(name: string, attempt = 1) {
    const id = `uid-${name}.${attempt}`;
    await this.until(() => this.server.executions.has(id), { what: `${id} was started` });
    return this.server.execution(id);
  }

  metric = async (name: string) => (await this.registry.getSingleMetric(name)?.get())?.values[0]?.value;

  async close(): Promise<void> {
    for (const { runtimed, stop } of this.#instances) {
      stop.abort();
      let over = false;
      void runtimed.stopped.catch(() => undefined).then(() => (over = true));
      for (let i = 0; !over && i < 200; i++) await this.clock.advance(500);
    }
    for (const close of this.closing) await close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
