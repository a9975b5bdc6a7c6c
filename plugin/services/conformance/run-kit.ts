import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { unavailableError } from '../../errors.ts';
import type { Progress } from '../../ui/progress.ts';

/** What one check of a Runtime Server came to. */
export interface CheckResult {
  readonly name: string;
  /** What holds when it passes. */
  readonly about: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped. */
  readonly message: string;
}

/** What all checks came to. */
export interface ConformanceReport {
  readonly address: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly checks: readonly CheckResult[];
}

/** What the kit looks at, and with what. */
export interface KitOptions {
  readonly address: string;
  readonly tokenFile?: string | undefined;
  readonly workdir?: string | undefined;
  readonly source?: string | undefined;
  readonly restart?: string | undefined;
  readonly patienceMs: number;
}

export interface KitDeps {
  /** The bundle `dist/agents/conformance.js`. */
  readonly bundle: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly progress: Pick<Progress, 'show'>;
}

/** Runs the kit, a program of its own that speaks the servers' protocol, and gathers what it tells. */
export async function runKit({ patienceMs, ...options }: KitOptions, deps: KitDeps): Promise<ConformanceReport> {
  const { bundle, env, signal, progress } = deps;
  const settings = JSON.stringify({ ...options, patienceSeconds: patienceMs / 1000 });
  progress.show(`looking at ${options.address}`);
  const kit = spawn(process.execPath, [bundle], {
    env: { ...env, KRT_CONFORMANCE: settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = () => kit.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const checks = await gather(kit, options.address, progress);
    signal.throwIfAborted();
    return report(options.address, checks);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function gather(kit: ChildProcess, address: string, { show }: Pick<Progress, 'show'>): Promise<CheckResult[]> {
  const ended = once(kit, 'exit');
  const checks: CheckResult[] = [];
  for await (const line of createInterface({ input: kit.stdout! })) {
    const told = JSON.parse(line) as CheckResult | { readonly error: string };
    if ('error' in told) throw unavailableError(told.error, 'is it up, and listening on loopback?');
    checks.push(told);
    show(`looking at ${address}: ${checks.length} checks made`);
  }
  const [code, signal] = await ended;
  if (code !== 0) throw unavailableError(`the conformance kit ended early (${signal ?? `exit code ${code}`})`);
  return checks;
}

function report(address: string, checks: readonly CheckResult[]): ConformanceReport {
  const count = (wanted: CheckResult['result']) => checks.filter(({ result }) => result === wanted).length;
  return { address, passed: count('passed'), failed: count('failed'), skipped: count('skipped'), checks };
}
