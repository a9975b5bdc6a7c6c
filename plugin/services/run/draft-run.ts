import { LIMITS } from '../../../crds/v1alpha1/limits.ts';
import { API_VERSION } from '../../../crds/v1alpha1/names.ts';
import type { RetryPolicy, Run, RunSource, RunSpec } from '../../../crds/v1alpha1/run.ts';
import { usageError } from '../../errors.ts';
import { isObjectName } from '../../parsers.ts';
import { refuseBadSpec } from './bad-spec.ts';
import { parseEnvFile } from './env-file.ts';
import { readInput } from './read-input.ts';
import { generateNameFor } from './run-name.ts';
import type { RunOptions } from './run-options.ts';

const SOURCE_FLAGS = { file: '-f', inline: '-c', repoUrl: '--repo-url' } as const;
const PROGRAM_LIMIT = { text: '256 KiB', hint: 'keep it in a git repository: --repo-url with --commit-sha' };
const ENV_FILE_BYTES = 1024 * 1024;

/**
 * The Run that `options` ask for, with all that can be known without a server checked; a usage error names the flag
 * and the field. Without a name it has a generateName; a namespace it gets where it is submitted.
 */
export async function draftRun(options: RunOptions, stdin: AsyncIterable<Uint8Array | string>): Promise<Run> {
  requireOneSource(options);
  const metadata = {
    ...nameOf(options),
    ...(!isEmpty(options.labels) && { labels: { ...options.labels } }),
  };
  const spec = await specOf(options, stdin);
  refuseBadSpec(spec, options);
  requireAttempts(options);
  return { apiVersion: API_VERSION, kind: 'Run', metadata, spec };
}

function requireOneSource(options: RunOptions): void {
  const { runtime, commitSha, repoUrl, args = [] } = options;
  if (!runtime) throw usageError('no Runtime is given', 'name one with -r (--runtime); see krt runtime list');
  const given = (['file', 'inline', 'repoUrl'] as const).filter(key => options[key] !== undefined);
  if (given.length > 1) {
    throw usageError(
      `${given.map(key => SOURCE_FLAGS[key]).join(' and ')} exclude each other: a Run has one source (spec.source)`,
    );
  }
  if (commitSha !== undefined && repoUrl === undefined) throw usageError('--commit-sha needs --repo-url');
  if (given.length === 0 && args.length === 0) {
    throw usageError(
      'nothing to run: no source is given (spec.source)',
      "-f FILE, -c 'text', --repo-url URL, or a command behind --",
    );
  }
}

function nameOf(options: RunOptions): { name: string } | { generateName: string } {
  const { name, generateName, file, inline, repoUrl, args, runtime = '' } = options;
  if (name !== undefined && generateName !== undefined) {
    throw usageError('--name and --generate-name exclude each other');
  }
  const rule = 'lower-case letters, digits, "-" and "."; a letter or digit at both ends';
  if (name !== undefined) {
    if (!isObjectName(name)) throw usageError(`--name: "${name}" is not a name of Kubernetes`, rule);
    return { name };
  }
  if (generateName !== undefined) {
    if (!isObjectName(`${generateName}x`)) {
      throw usageError(`--generate-name: "${generateName}" does not begin a name of Kubernetes`, rule);
    }
    return { generateName };
  }
  const hasSource = [file, inline, repoUrl].some(source => source !== undefined);
  return { generateName: generateNameFor({ file, repoUrl, args, hasSource, runtime }) };
}

async function specOf(options: RunOptions, stdin: AsyncIterable<Uint8Array | string>): Promise<RunSpec> {
  const { runtime = '', entrypoint, args = [], timeout, priority, ttl } = options;
  const source = await sourceOf(options, stdin);
  const env = await envOf(options, stdin);
  const retryPolicy = retryPolicyOf(options);
  return {
    runtime,
    ...(source && { source }),
    ...(entrypoint !== undefined && { entrypoint }),
    ...(args.length > 0 && { args: [...args] }),
    ...(!isEmpty(env) && { env }),
    ...(timeout !== undefined && { timeout }),
    ...(retryPolicy && { retryPolicy }),
    ...(priority !== undefined && { priority: toNumber(priority) }),
    ...(ttl !== undefined && { ttlSecondsAfterFinished: toNumber(ttl) }),
  };
}

async function sourceOf(
  { file, inline, repoUrl, commitSha }: RunOptions,
  stdin: AsyncIterable<Uint8Array | string>,
): Promise<RunSource | undefined> {
  if (inline !== undefined) return { inline };
  if (repoUrl !== undefined) return { repoURL: repoUrl, ...(commitSha !== undefined && { commitSHA: commitSha }) };
  if (file === undefined) return undefined;
  return { inline: await readInput(file, stdin, { flag: '-f', limitBytes: LIMITS.inlineBytes, limit: PROGRAM_LIMIT }) };
}

async function envOf(
  { env = [], envFiles = [], file }: RunOptions,
  stdin: AsyncIterable<Uint8Array | string>,
): Promise<Record<string, string>> {
  if ([file, ...envFiles].filter(path => path === '-').length > 1) throw usageError('stdin can be read only once');
  const all: Record<string, string> = {};
  for (const path of envFiles) {
    const rules = { flag: '--env-file', limitBytes: ENV_FILE_BYTES, limit: { text: '1 MiB' } };
    Object.assign(all, parseEnvFile(await readInput(path, stdin, rules), path));
  }
  return Object.assign(all, Object.fromEntries(env));
}

/** The server takes a policy for no attempt; whoever types one means something else. */
function requireAttempts({ retryAttempts, retryBackoff, retryOn }: RunOptions): void {
  if (retryAttempts !== undefined) return;
  const flag = retryBackoff !== undefined ? '--retry-backoff' : retryOn ? '--retry-on' : undefined;
  if (flag) throw usageError(`${flag} has no effect without --retry-attempts`);
}

function retryPolicyOf({ retryAttempts, retryBackoff, retryOn }: RunOptions): RetryPolicy | undefined {
  if (retryAttempts === undefined && retryBackoff === undefined && !retryOn) return undefined;
  return {
    ...(retryAttempts !== undefined && { maxAttempts: toNumber(retryAttempts) }),
    ...(retryBackoff !== undefined && { backoff: retryBackoff }),
    // the server, not the flag, knows which words are reasons; bad-spec.ts checks them like any other field
    ...(retryOn && { retryableReasons: retryOn as NonNullable<RetryPolicy['retryableReasons']> }),
  };
}

/** A number, or NaN for what is none: Number() alone takes '' for 0. */
function toNumber(word: string): number {
  return word.trim() === '' ? Number.NaN : Number(word);
}

const isEmpty = (record: Readonly<Record<string, string>> | undefined) => Object.keys(record ?? {}).length === 0;
