import { tmpdir } from 'node:os';
import { pino } from 'pino';
import { systemClock } from '../../lib/clock.ts';
import { findCommand } from '../lib/find-program.ts';
import { serveBuiltinRuntime } from '../lib/serve.ts';
import { readServerEnv } from '../lib/server-env.ts';
import { planBash } from './plan.ts';

const log = pino({ base: { agent: 'bash-runtime' } }, pino.destination(2));
const shutdown = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => shutdown.abort(new Error(`${signal} received`)));
}
// told where a parent stays for as long as we may: without it nobody needs us
if (process.env['KRT_EXIT_WITH_STDIN'] === '1') {
  process.stdin.once('end', () => shutdown.abort(new Error('stdin ended'))).resume();
  process.stdin.unref?.();
}

try {
  const { searchPath, logLevel, ...settings } = readServerEnv(process.env, tmpdir());
  log.level = logLevel;
  const shell = await findCommand('bash', '/', searchPath);
  await serveBuiltinRuntime({
    ...settings,
    shell,
    plan: planBash({ searchPath, shell }),
    clock: systemClock,
    log,
    signal: shutdown.signal,
  });
} catch (err) {
  log.fatal({ err }, 'the Runtime Server failed');
  process.exitCode = 1;
}
