import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Config } from '@oclif/core/config';
import type { BaseCommand } from '../../plugin/base-command.ts';
import { EMPTY_KUBECONFIG, type Kubeconfig } from '../../plugin/cluster/kubeconfig.ts';
import type { Cluster, Context } from '../../plugin/context.ts';
import type { ClusterFlags } from '../../plugin/flags.ts';
import { loadCli } from '../../plugin/load-cli.ts';
import { reportError } from '../../plugin/report-error.ts';
import type { Output } from '../../plugin/streams.ts';
import { type FakeClients, makeFakeClients } from '../fakes/clients.ts';
import { FakeClock } from '../fakes/clock.ts';
import { makeFakeOutput } from '../fakes/streams.ts';

/** What a command finds around it; all is made up unless given. */
export interface Surroundings {
  readonly clients?: FakeClients;
  readonly clock?: FakeClock;
  readonly signal?: AbortSignal;
  readonly stdin?: string | Readable;
  readonly env?: NodeJS.ProcessEnv;
  readonly krtHome?: string;
  /** Of stdout and stderr. */
  readonly terminal?: Partial<Output>;
  readonly kubeconfig?: Kubeconfig;
  /** In place of a cluster, such as one that can't be reached. */
  readonly cluster?: () => Promise<Cluster>;
}

/** How a command went. */
export interface Outcome {
  readonly result: unknown;
  readonly stdout: string;
  /** With what main would show of the error. */
  readonly stderr: string;
  readonly exitCode: number;
  readonly error: unknown;
}

type CommandClass = new (argv: string[], config: Config) => BaseCommand;

/** When tests of commands take place, unless they bring a clock: five minutes after the builders' objects are made. */
export const NOW = Date.parse('2026-01-01T00:05:00Z');

let cli: Promise<Config> | undefined;

/** oclif's configuration on the sources. */
export function cliConfig(): Promise<Config> {
  cli ??= loadCli({ root: join(import.meta.dirname, '../..'), sources: true });
  return cli;
}

/** Runs a command in this process, on fakes. */
export async function runCommand(Class: CommandClass, argv: string[], around: Surroundings = {}): Promise<Outcome> {
  const config = await cliConfig();
  const stdout = makeFakeOutput(around.terminal);
  const stderr = makeFakeOutput(around.terminal);
  const clients = around.clients ?? makeFakeClients(() => NOW);
  const openContext = (flags: ClusterFlags): Context => ({
    stdin: around.stdin instanceof Readable ? around.stdin : Readable.from(around.stdin ? [around.stdin] : []),
    stdout,
    stderr,
    clock: around.clock ?? new FakeClock(NOW),
    signal: around.signal ?? new AbortController().signal,
    bin: 'krt',
    version: '0.0.0-test',
    env: around.env ?? {},
    krtHome: around.krtHome ?? '/nowhere/.krt',
    namespaceFlag: flags.namespace,
    kubeconfig: async () => around.kubeconfig ?? EMPTY_KUBECONFIG,
    cluster:
      around.cluster ??
      (async () => ({ clients, namespace: flags.namespace ?? 'default', context: 'test', server: 'http://test' })),
    close: () => undefined,
  });
  return settle(Object.assign(new Class(argv, config), { openContext }), stdout, stderr);
}

async function settle(
  command: BaseCommand,
  stdout: { readonly text: string },
  stderr: { readonly text: string },
): Promise<Outcome> {
  const before = process.exitCode;
  try {
    const result = await (command as unknown as { _run(): Promise<unknown> })._run();
    const exitCode = Number(process.exitCode ?? 0);
    return { result, stdout: stdout.text, stderr: stderr.text, exitCode, error: undefined };
  } catch (error) {
    const { text, exitCode } = reportError(error, false);
    return { result: undefined, stdout: stdout.text, stderr: stderr.text + text, exitCode, error };
  } finally {
    process.exitCode = before;
  }
}
