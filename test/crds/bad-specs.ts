import type { RunSpec } from '../../crds/v1alpha1/run.ts';

/** A spec that is refused, and the field that the refusal names: by the CLI, by the embedded API and by a real one. */
export interface BadSpec {
  readonly title: string;
  readonly spec: unknown;
  readonly field: string;
}

const inline = { inline: 'echo hello' };
const good = { runtime: 'bash', source: inline } satisfies RunSpec;
const with_ = (change: Record<string, unknown>) => ({ ...good, ...change });
const many = (n: number) => Array.from({ length: n }, (_, i) => String(i));

/** Every rule of the spec, broken once. */
export const BAD_SPECS: BadSpec[] = [
  { title: 'no runtime', spec: { source: inline }, field: 'spec.runtime' },
  { title: 'a runtime that is no DNS label', spec: with_({ runtime: 'Bash_1' }), field: 'spec.runtime' },
  { title: 'a runtime of 64 characters', spec: with_({ runtime: 'a'.repeat(64) }), field: 'spec.runtime' },
  { title: 'neither source nor args', spec: { runtime: 'bash' }, field: 'spec' },
  { title: 'neither source nor any word in args', spec: { runtime: 'bash', args: [] }, field: 'spec' },
  { title: 'an empty source', spec: with_({ source: {} }), field: 'spec.source' },
  { title: 'an empty inline source', spec: with_({ source: { inline: '' } }), field: 'spec.source.inline' },
  {
    title: 'an inline source of 300 KiB',
    spec: with_({ source: { inline: 'x'.repeat(300 * 1024) } }),
    field: 'spec.source.inline',
  },
  {
    title: 'an inline source above 256 KiB in bytes alone',
    spec: with_({ source: { inline: '€'.repeat(100_000) } }),
    field: 'spec.source.inline',
  },
  { title: 'NUL in the source', spec: with_({ source: { inline: 'a\0b' } }), field: 'spec.source.inline' },
  {
    title: 'both inline and a repository',
    spec: with_({ source: { inline: 'x', repoURL: 'https://example.com/a.git', commitSHA: 'a'.repeat(40) } }),
    field: 'spec.source',
  },
  {
    title: 'a repository without a commit',
    spec: with_({ source: { repoURL: 'https://example.com/a.git' } }),
    field: 'spec.source',
  },
  {
    title: 'a short commit',
    spec: with_({ source: { repoURL: 'https://example.com/a.git', commitSHA: 'abc123' } }),
    field: 'spec.source.commitSHA',
  },
  {
    title: 'a repository that is an option of git',
    spec: with_({ source: { repoURL: '--upload-pack=touch', commitSHA: 'a'.repeat(40) } }),
    field: 'spec.source.repoURL',
  },
  { title: 'an absolute entrypoint', spec: with_({ entrypoint: '/bin/sh' }), field: 'spec.entrypoint' },
  { title: 'an entrypoint with ..', spec: with_({ entrypoint: 'a/../../b' }), field: 'spec.entrypoint' },
  { title: 'an empty entrypoint', spec: with_({ entrypoint: '' }), field: 'spec.entrypoint' },
  {
    title: 'an entrypoint of 4,097 characters',
    spec: with_({ entrypoint: 'a'.repeat(4097) }),
    field: 'spec.entrypoint',
  },
  { title: 'an entrypoint that is a folder', spec: with_({ entrypoint: 'scripts/' }), field: 'spec.entrypoint' },
  { title: '257 args', spec: with_({ args: many(257) }), field: 'spec.args' },
  { title: 'an arg above 8 KiB', spec: with_({ args: ['ok', 'x'.repeat(8193)] }), field: 'spec.args[1]' },
  { title: 'NUL in an arg', spec: with_({ args: ['a\0b'] }), field: 'spec.args[0]' },
  { title: 'an env name with =', spec: with_({ env: { 'A=B': '1' } }), field: 'spec.env' },
  { title: 'an env name that starts with a digit', spec: with_({ env: { '1A': '1' } }), field: 'spec.env' },
  { title: 'a reserved env name', spec: with_({ env: { KRUNTIME_OUTPUTS: '/tmp/x' } }), field: 'spec.env' },
  { title: 'NUL in an env value', spec: with_({ env: { A: 'a\0b' } }), field: 'spec.env.A' },
  {
    title: '257 env entries',
    spec: with_({ env: Object.fromEntries(many(257).map(i => [`A${i}`, ''])) }),
    field: 'spec.env',
  },
  { title: 'a negative timeout', spec: with_({ timeout: '-1s' }), field: 'spec.timeout' },
  { title: 'a timeout with an exponent', spec: with_({ timeout: '1e9h' }), field: 'spec.timeout' },
  { title: 'a timeout in words', spec: with_({ timeout: '5 minutes' }), field: 'spec.timeout' },
  { title: 'a timeout of nothing', spec: with_({ timeout: '0s' }), field: 'spec.timeout' },
  { title: 'a timeout longer than Go can hold', spec: with_({ timeout: '9999999999h' }), field: 'spec.timeout' },
  { title: 'no attempts', spec: with_({ retryPolicy: { maxAttempts: 0 } }), field: 'spec.retryPolicy.maxAttempts' },
  {
    title: 'negative attempts',
    spec: with_({ retryPolicy: { maxAttempts: -1 } }),
    field: 'spec.retryPolicy.maxAttempts',
  },
  { title: '101 attempts', spec: with_({ retryPolicy: { maxAttempts: 101 } }), field: 'spec.retryPolicy.maxAttempts' },
  {
    title: 'a back-off of nothing',
    spec: with_({ retryPolicy: { backoff: '0s' } }),
    field: 'spec.retryPolicy.backoff',
  },
  {
    title: 'an unknown reason to retry on',
    spec: with_({ retryPolicy: { retryableReasons: ['Boredom'] } }),
    field: 'spec.retryPolicy.retryableReasons[0]',
  },
  {
    title: 'a request for no slot',
    spec: with_({ resources: { requests: { runs: 0 } } }),
    field: 'spec.resources.requests',
  },
  {
    title: 'a negative request',
    spec: with_({ resources: { requests: { gpu: -1 } } }),
    field: 'spec.resources.requests.gpu',
  },
  { title: 'a priority above 1000', spec: with_({ priority: 1001 }), field: 'spec.priority' },
  { title: 'a priority that is no integer', spec: with_({ priority: 1.5 }), field: 'spec.priority' },
  { title: 'a negative TTL', spec: with_({ ttlSecondsAfterFinished: -1 }), field: 'spec.ttlSecondsAfterFinished' },
];

/** Specs at their bounds, which all must take. */
export const GOOD_SPECS: { readonly title: string; readonly spec: RunSpec }[] = [
  { title: 'the smallest', spec: good },
  { title: 'a command without a source', spec: { runtime: 'bash', args: ['echo', 'a b'] } },
  { title: 'an inline source of 256 KiB', spec: with_({ source: { inline: 'x'.repeat(262_144) } }) },
  { title: 'a nested entrypoint with dots', spec: with_({ entrypoint: 'a/..b/c..d/.e' }) },
  { title: '256 args', spec: with_({ args: many(256) }) },
  { title: 'an arg of 8 KiB', spec: with_({ args: ['x'.repeat(8192)] }) },
  { title: 'an env value with newlines and =', spec: with_({ env: { _A1: 'a=b\nc' } }) },
  { title: 'a long timeout', spec: with_({ timeout: '2562047h' }) },
  { title: 'a timeout in parts', spec: with_({ timeout: '1h30m10.5s' }) },
  {
    title: 'every field of a retry policy',
    spec: with_({
      retryPolicy: { maxAttempts: 100, backoff: '1ms', retryableReasons: ['ExitCode', 'Timeout'] },
    }) as unknown as RunSpec,
  },
  { title: 'two slots and something else', spec: with_({ resources: { requests: { runs: 2, gpu: 0 } } }) },
  { title: 'the lowest priority', spec: with_({ priority: -1000 }) },
  { title: 'a TTL of 0', spec: with_({ ttlSecondsAfterFinished: 0 }) },
  {
    title: 'a git source',
    spec: with_({
      source: { repoURL: 'https://example.com/a.git', commitSHA: '0123456789abcdef0123456789abcdef01234567' },
    }),
  },
];
