import type { RunSpec } from '../../../crds/v1alpha1/run.ts';
import { type FieldError, validateRunSpec } from '../../../crds/v1alpha1/validate-run.ts';
import { type KrtError, usageError } from '../../errors.ts';
import type { RunOptions } from './run-options.ts';

/** The flag that sets each field; the longest prefix of a field's path counts. */
const FLAGS: readonly (readonly [field: string, flag: string, option: keyof RunOptions])[] = [
  ['spec.runtime', '-r', 'runtime'],
  ['spec.source.inline', '-c', 'inline'],
  ['spec.source.repoURL', '--repo-url', 'repoUrl'],
  ['spec.source.commitSHA', '--commit-sha', 'commitSha'],
  ['spec.source', '--repo-url', 'repoUrl'],
  ['spec.entrypoint', '--entrypoint', 'entrypoint'],
  ['spec.args', '--', 'args'],
  ['spec.env', '--env', 'env'],
  ['spec.timeout', '--timeout', 'timeout'],
  ['spec.retryPolicy.maxAttempts', '--retry-attempts', 'retryAttempts'],
  ['spec.retryPolicy.backoff', '--retry-backoff', 'retryBackoff'],
  ['spec.retryPolicy.retryableReasons', '--retry-on', 'retryOn'],
  ['spec.ttlSecondsAfterFinished', '--ttl', 'ttl'],
  ['spec.priority', '--priority', 'priority'],
];

/** A program or a word of many KiB is not shown in a message. */
const LONGEST_VALUE = 60;
const MOST_ERRORS = 3;

/** Throws a usage error that names each bad field, and its flag where there are any, where the API server would refuse `spec`. */
export function refuseBadSpec(spec: RunSpec, options?: RunOptions): void {
  const errors = validateRunSpec(spec);
  if (errors.length > 0) throw badSpecError(errors, options);
}

function badSpecError(errors: readonly FieldError[], options: RunOptions | undefined): KrtError {
  const lines = errors.slice(0, MOST_ERRORS).map(error => tell(error, options));
  if (errors.length > MOST_ERRORS) lines.push(`and ${errors.length - MOST_ERRORS} more`);
  return usageError(lines.join('\n'), undefined, 'Invalid');
}

function tell({ field, message }: FieldError, options: RunOptions | undefined): string {
  const [, flag, option] = FLAGS.find(([path]) => field === path || /^[.[]/.test(behind(field, path))) ?? [];
  if (!flag || !option || !options) return `${field} ${message}`;
  const value = givenFor(field, options[option]);
  return `${flag}${value === undefined ? '' : ` ${JSON.stringify(value)}`}: ${field} ${message}`;
}

const behind = (field: string, path: string) => (field.startsWith(path) ? field.slice(path.length) : '');

/** What was given for `field`, where it is short enough to be shown; an item of a list by its index. */
function givenFor(field: string, given: unknown): string | undefined {
  const index = /\[(\d+)\]$/.exec(field)?.[1];
  const value = index === undefined || !Array.isArray(given) ? given : given[Number(index)];
  return typeof value === 'string' && value.length <= LONGEST_VALUE ? value : undefined;
}
