import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fchownSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { Duplex } from 'node:stream';
import { type RunLimits, ulimits } from '../limits/run-limits.ts';
import type { Marks } from './marks.ts';
import type { PipeSource } from './pipes.ts';
import type { Preparation } from './prelude.ts';
import type { Exit, RunningProgram } from './program.ts';

/** A bash that prepares itself for a program. */
export interface Spawned {
  readonly pid: number;
  readonly mark: string;
  readonly exit: Promise<Exit>;
  /** File descriptor 3 of it: a job goes in; `started` and `failed` come out, one a line. */
  readonly channel: Duplex;
  /** Resolves when it said something on the channel. */
  readonly spoke: Promise<void>;
  /** Resolves when it has ended and all that it said has been read; the two are told in any order. */
  readonly silenced: Promise<unknown>;
  /** What it said on the channel so far. */
  said(): string;
  /** Whether it has written nothing to stdout and stderr; to be asked before `run`. */
  isSilent(): boolean;
  /** The program that it becomes, whose output is the caller's to read. */
  run(): RunningProgram;
  /** Frees what it would have been read with; in place of `run`. */
  discard(): void;
}

/** What a server starts every bash with. */
export interface SpawnOptions {
  /** Absolute path of bash, which starts the programs. */
  readonly shell: string;
  readonly pipes: PipeSource;
  readonly marks: Marks;
  /** What one execution may use; absent: no limits. */
  readonly limits?: RunLimits | undefined;
  /** Every process that can be seen came from this server (see ownsItsNamespace). */
  readonly ownsNamespace?: boolean;
}

/** What one bash starts with. */
export interface BashStart {
  readonly args: (preparation: Preparation) => readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Who it runs as; absent: the server's own user. */
  readonly uid?: number | undefined;
}

/** Starts bash under a mark of its own, as the leader of a session, with real pipes; throws what the system says. */
export async function spawnBash(options: SpawnOptions, start: BashStart): Promise<Spawned> {
  const { marks, limits } = options;
  const mark = marks.next();
  const args = start.args({ mark, limits: ulimits(limits, start.uid !== undefined) });
  try {
    return await spawnMarked(mark, args, options, start);
  } catch (error) {
    marks.release(mark);
    throw error;
  }
}

async function spawnMarked(
  mark: string,
  args: readonly string[],
  { shell, pipes, ownsNamespace }: SpawnOptions,
  { cwd, env, uid }: BashStart,
): Promise<Spawned> {
  const out = await pipes.take();
  const err = await pipes.take().catch(error => {
    out.handOver();
    out.discard();
    throw error;
  });
  let child: ChildProcess;
  try {
    // It ends with its execution, not with this process: the guardian sees to that.
    const stdio = ['ignore', out.writeFd, err.writeFd, 'pipe'] as const;
    const user = uid === undefined ? {} : { uid, gid: uid };
    // or it could not open them by name, as `>/dev/stderr` does
    if (uid !== undefined) for (const { writeFd } of [out, err]) fchownSync(writeFd, uid, uid);
    child = spawn(shell, args, { cwd, env, ...user, detached: true, stdio: [...stdio] });
    if (child.pid === undefined) throw (await once(child, 'error'))[0];
  } catch (error) {
    for (const pipe of [out, err]) pipe.discard();
    throw error;
  } finally {
    for (const pipe of [out, err]) pipe.handOver();
  }
  const { pid } = child as { pid: number };
  if (ownsNamespace) stepBack(pid);
  const exit = new Promise<Exit>(resolve => {
    child.once('exit', (code, signal) => resolve(signal ? { signal } : { code: code ?? 0 }));
  });
  const channel = child.stdio[3] as Duplex;
  const closed = new Promise(resolve => channel.once('close', resolve));
  const spoke = Promise.withResolvers<void>();
  let said = '';
  channel.on('data', (data: Buffer) => {
    said += data.toString('latin1');
    spoke.resolve();
  });
  // Reset instead of end when the other side dies with unread data: it says nothing that the exit doesn't.
  channel.on('error', () => {});
  return {
    pid,
    mark,
    exit,
    channel,
    spoke: spoke.promise,
    silenced: Promise.all([exit, closed]),
    said: () => said,
    isSilent: () => out.isEmpty() && err.isEmpty(),
    run: () => ({ pid, mark, stdout: out.read(), stderr: err.read(), exit, execFailed: () => said.includes('failed') }),
    discard() {
      channel.destroy();
      for (const pipe of [out, err]) pipe.discard();
    },
  };
}

/** How far programs step back behind the server, which has to see to it that they don't take all there is. */
const NICENESS = 19;

function stepBack(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // it is gone already
  }
}
