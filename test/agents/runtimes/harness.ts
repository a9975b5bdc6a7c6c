import { randomInt } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../agents/lib/clock.ts';
import type {
  AttachEvent,
  ExecuteRequest,
  ExecutionStatus,
  Offsets,
  RuntimeHandlers,
} from '../../../agents/protocol/index.ts';
import { planBash } from '../../../agents/runtimes/bash/plan.ts';
import { Containment } from '../../../agents/runtimes/lib/process/containment.ts';
import { makeMarks } from '../../../agents/runtimes/lib/process/marks.ts';
import { FifoPipes } from '../../../agents/runtimes/lib/process/pipes.ts';
import { linuxProc } from '../../../agents/runtimes/lib/process/proc.ts';
import { bashSpares, type SpareKind } from '../../../agents/runtimes/lib/process/spare-kind.ts';
import { Spares } from '../../../agents/runtimes/lib/process/spares.ts';
import { ProcessTable, type ProcessTableOptions } from '../../../agents/runtimes/lib/process-table.ts';

const SHELL = '/bin/bash';
export const PATH = '/usr/local/bin:/usr/bin:/bin';
export const START: Offsets = { stdout: 0, stderr: 0 };

/** A process table as the bash server has it, with real processes in a directory of its own. */
export interface Bench {
  readonly dir: string;
  readonly table: ProcessTable;
  /** Makes spares up to `spareCount`, and resolves when they wait. */
  fill(): Promise<void>;
  /** A request for an inline script, written to the working directory. */
  script(text: string, more?: Partial<ExecuteRequest>): ExecuteRequest;
  /** A request for a command. */
  command(...args: string[]): ExecuteRequest;
  /** Executes and collects all of it. */
  run(request: ExecuteRequest): Promise<Collected>;
  /** Ids of all living processes of this table. */
  marked(): number[];
  close(): Promise<void>;
}

/** What a server that lets `table` answer is made of: some of it can be replaced, or left out. */
export function handlersOf(table: ProcessTable) {
  return {
    execute: request => table.execute(request),
    status: id => table.status(id),
    list: () => table.list(),
    cancel: id => table.cancel(id),
    forget: id => table.forget(id),
    health: () => table.health(),
    attach: (id, offsets, signal) => table.attach(id, offsets, signal),
  } satisfies RuntimeHandlers;
}

/** All that Attach told. */
export interface Collected {
  readonly status: ExecutionStatus;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: { readonly stdout: Buffer; readonly stderr: Buffer };
  readonly events: readonly AttachEvent[];
}

let ids = 0;

export function makeBench(
  options: Partial<ProcessTableOptions> & { capBytes?: number; spareCount?: number; spareKind?: SpareKind } = {},
): Bench {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'krt-bench-')));
  const marks = makeMarks(dir, randomInt(1000));
  const machine = { proc: linuxProc(), kill: process.kill.bind(process) };
  const pipes = new FifoPipes(dir);
  const shared = { shell: SHELL, clock: systemClock, pipes, marks };
  const spares = new Spares({
    spareKind: bashSpares,
    ...options,
    ...shared,
    kill: machine.kill,
    count: options.spareCount ?? 0,
  });
  const table = new ProcessTable({
    ...shared,
    spares,
    plan: planBash({ searchPath: PATH, shell: SHELL }),
    output: { capBytes: options.capBytes ?? 64 * 1024 * 1024, spoolDir: dir },
    machine,
    graceMs: 5000,
    drainMs: 250,
    ...options,
  });
  const base = (): ExecuteRequest => ({
    id: `uid-${ids++}.1`,
    args: [],
    env: {},
    timeoutSeconds: 0,
    workingDir: dir,
    entrypoint: '',
    handler: '',
  });
  return {
    dir,
    table,
    fill: () => spares.fill(),
    script(text, more) {
      const request = { ...base(), entrypoint: `script-${ids}` };
      writeFileSync(join(dir, request.entrypoint), text);
      return { ...request, ...more };
    },
    command: (...args) => ({ ...base(), args }),
    run: async request => collect(table, table.execute(request)),
    marked: () => new Containment(marks.owns, { ...machine, clock: systemClock }).members(),
    async close() {
      await table.shutdown(0);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Attaches from `offsets` and reads to the end. */
export async function collect(
  table: Pick<ProcessTable, 'attach'>,
  id: string,
  offsets = START,
  signal = new AbortController().signal,
): Promise<Collected> {
  const events: AttachEvent[] = [];
  for await (const event of table.attach(id, offsets, signal)) events.push(event);
  const last = events.at(-1);
  if (last?.type !== 'final') throw new Error('Attach ended without a final event');
  const bytes = { stdout: bytesOf(events, 'stdout'), stderr: bytesOf(events, 'stderr') };
  return { status: last.status, stdout: `${bytes.stdout}`, stderr: `${bytes.stderr}`, bytes, events };
}

/** Resolves with the stream's text as soon as `wanted` has appeared in it. */
export async function seen(table: ProcessTable, id: string, wanted: string | RegExp): Promise<string> {
  let text = '';
  const stop = new AbortController();
  for await (const event of table.attach(id, START, stop.signal)) {
    if (event.type === 'chunk') text += Buffer.from(event.data).toString();
    if (text.match(wanted)) return text;
  }
  throw new Error(`ended without ${wanted}: ${text}`);
}

function bytesOf(events: readonly AttachEvent[], stream: 'stdout' | 'stderr'): Buffer {
  return Buffer.concat(
    events.flatMap(event => (event.type === 'chunk' && event.stream === stream ? [event.data] : [])),
  );
}
