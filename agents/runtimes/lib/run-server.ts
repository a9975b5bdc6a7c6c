import { tmpdir } from 'node:os';
import { pino } from 'pino';
import { systemClock } from '../../lib/clock.ts';
import type { Planner } from './execution.ts';
import { findCommand } from './find-program.ts';
import type { SpareKind } from './process/spare-kind.ts';
import { serveBuiltinRuntime } from './serve.ts';
import { readServerEnv } from './server-env.ts';

/** What tells one built-in Runtime from another. */
export interface RuntimeKind {
  readonly plan: Planner;
  readonly spareKind: SpareKind;
}

/** What a Runtime finds on its machine. */
export interface Found {
  /** The image's own PATH. */
  readonly searchPath: string;
  /** Absolute path of bash. */
  readonly shell: string;
}

/** The whole of a built-in Runtime Server's process: settings from `env`, signals, log, exit code. */
export async function runServer(
  agent: string,
  env: NodeJS.ProcessEnv,
  makeKind: (found: Found) => RuntimeKind | Promise<RuntimeKind>,
): Promise<void> {
  const log = pino({ base: { agent } }, pino.destination(2));
  const shutdown = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => shutdown.abort(new Error(`${signal} received`)));
  }
  // told where a parent stays for as long as we may: without it nobody needs us
  if (env['KRT_EXIT_WITH_STDIN'] === '1') {
    process.stdin.once('end', () => shutdown.abort(new Error('stdin ended'))).resume();
    process.stdin.unref?.();
  }
  try {
    const { searchPath, logLevel, ...settings } = readServerEnv(env, tmpdir());
    log.level = logLevel;
    const shell = findCommand('bash', '/', searchPath);
    const kind = await makeKind({ searchPath, shell });
    await serveBuiltinRuntime({ ...settings, ...kind, shell, clock: systemClock, log, signal: shutdown.signal });
  } catch (err) {
    log.fatal({ err }, 'the Runtime Server failed');
    process.exitCode = 1;
  }
}
