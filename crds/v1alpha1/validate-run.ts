import { parseDuration } from './duration.ts';
import { LIMITS } from './limits.ts';
import { RUN_ENV_PREFIX } from './names.ts';
import { RUN_REASONS } from './reasons.ts';
import type { RetryPolicy, RunSource, RunSpec } from './run.ts';

/** One thing wrong with a spec: the field's path, as the API server names it, and what it must be. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** A DNS label (RFC 1123), as Kubernetes takes it for names of Runtimes. */
export const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** A name of an environment variable. */
export const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const COMMIT_SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
const REPO_URL = /^(https?|ssh|git|file):\/\/\S+$/;

/** What the CRD would refuse of `spec`, found before any request; an empty list where it is well. */
export function validateRunSpec(spec: RunSpec): FieldError[] {
  const errors: FieldError[] = [];
  const check = (ok: boolean, field: string, message: string) => {
    if (!ok) errors.push({ field: `spec.${field}`, message });
  };
  check(DNS_LABEL.test(spec.runtime ?? ''), 'runtime', 'must be the name of a Runtime (a DNS label)');
  checkSource(spec.source, spec.args, check);
  checkEntrypoint(spec.entrypoint, check);
  checkWords(spec, check);
  if (spec.timeout !== undefined) checkDuration(spec.timeout, 'timeout', check);
  if (spec.retryPolicy) checkRetry(spec.retryPolicy, check);
  checkNumbers(spec, check);
  return errors;
}

type Check = (ok: boolean, field: string, message: string) => void;

function checkSource(source: RunSource | undefined, args: string[] | undefined, check: Check): void {
  if (!source) {
    check((args?.length ?? 0) > 0, 'source', 'must be given, or args must name a command of the Runtime');
    return;
  }
  const { inline, repoURL, commitSHA } = source;
  check((inline === undefined) !== (repoURL === undefined), 'source', 'must have exactly one of inline and repoURL');
  if (inline !== undefined) {
    check(inline.length > 0, 'source.inline', 'must not be empty');
    check(
      Buffer.byteLength(inline) <= LIMITS.inlineBytes,
      'source.inline',
      'must be at most 256 KiB; use source.repoURL',
    );
    check(!inline.includes('\0'), 'source.inline', 'must not contain NUL');
  }
  if (repoURL !== undefined) {
    const fits = REPO_URL.test(repoURL) && repoURL.length <= LIMITS.repoURLLength;
    check(fits, 'source.repoURL', 'must be an http, https, ssh, git or file URL');
  }
  check((repoURL === undefined) === (commitSHA === undefined), 'source.commitSHA', 'goes together with repoURL');
  if (commitSHA !== undefined) check(COMMIT_SHA.test(commitSHA), 'source.commitSHA', 'must be a full commit id in hex');
}

function checkEntrypoint(entrypoint: string | undefined, check: Check): void {
  if (entrypoint === undefined) return;
  const fits = entrypoint.length > 0 && entrypoint.length <= LIMITS.entrypointLength && !entrypoint.includes('\0');
  check(fits, 'entrypoint', `must have 1 to ${LIMITS.entrypointLength} characters and no NUL`);
  check(!entrypoint.startsWith('/'), 'entrypoint', 'must be a relative path');
  check(!entrypoint.split('/').includes('..'), 'entrypoint', "must not contain '..'");
  check(!entrypoint.endsWith('/') && entrypoint !== '.', 'entrypoint', 'must name a file');
}

function checkWords(spec: RunSpec, check: Check): void {
  const { args = [], env = {} } = spec;
  check(args.length <= LIMITS.args, 'args', `must have at most ${LIMITS.args} items`);
  for (const [i, arg] of args.entries()) {
    check(Buffer.byteLength(arg) <= LIMITS.argBytes, `args[${i}]`, 'must be at most 8 KiB');
    check(!arg.includes('\0'), `args[${i}]`, 'must not contain NUL');
  }
  check(Object.keys(env).length <= LIMITS.env, 'env', `must have at most ${LIMITS.env} entries`);
  for (const [name, value] of Object.entries(env)) {
    const fits = ENV_NAME.test(name) && name.length <= 256;
    check(fits, 'env', `name "${name}" must match [A-Za-z_][A-Za-z0-9_]*`);
    check(!name.startsWith(RUN_ENV_PREFIX), 'env', `name "${name}" is reserved: ${RUN_ENV_PREFIX} is krt's prefix`);
    const short = value.length <= LIMITS.envValueLength && !value.includes('\0');
    check(short, `env.${name}`, 'must be at most 32 KiB and have no NUL');
  }
}

function checkDuration(text: string, field: string, check: Check): void {
  const ms = parseDuration(text);
  check(ms !== undefined && ms > 0, field, 'must be a Go duration above 0, such as 90s or 1h30m');
}

function checkRetry(policy: RetryPolicy, check: Check): void {
  const { maxAttempts, backoff, retryableReasons = [] } = policy;
  if (maxAttempts !== undefined) {
    const fits = Number.isInteger(maxAttempts) && maxAttempts >= 1 && maxAttempts <= LIMITS.maxAttempts;
    check(fits, 'retryPolicy.maxAttempts', `must be an integer from 1 to ${LIMITS.maxAttempts}`);
  }
  if (backoff !== undefined) checkDuration(backoff, 'retryPolicy.backoff', check);
  for (const [i, reason] of retryableReasons.entries()) {
    const known = (RUN_REASONS as string[]).includes(reason);
    check(known, `retryPolicy.retryableReasons[${i}]`, `must be one of ${RUN_REASONS.join(', ')}`);
  }
}

function checkNumbers(spec: RunSpec, check: Check): void {
  const { priority, ttlSecondsAfterFinished: ttl, resources } = spec;
  if (priority !== undefined) {
    const fits = Number.isInteger(priority) && Math.abs(priority) <= LIMITS.priority;
    check(fits, 'priority', `must be an integer from -${LIMITS.priority} to ${LIMITS.priority}`);
  }
  if (ttl !== undefined) {
    check(
      Number.isInteger(ttl) && ttl >= 0 && ttl < 2 ** 31,
      'ttlSecondsAfterFinished',
      'must be an integer of seconds, 0 or more',
    );
  }
  for (const [name, quantity] of Object.entries(resources?.requests ?? {})) {
    const fits = Number.isInteger(quantity) && quantity >= (name === 'runs' ? 1 : 0);
    check(fits, `resources.requests.${name}`, 'must be an integer quantity (runs: 1 or more)');
  }
}
