import type { RunStatus } from '../../crds/v1alpha1/index.ts';

/** A file of install/ and what the acceptance suite does with it. */
export interface Sample {
  readonly file: string;
  /** `run`: runs to its end; `cancel`: is cancelled while it runs; `runtime`: becomes ready; `shape`: is validated only. */
  readonly use: 'run' | 'cancel' | 'runtime' | 'shape';
  readonly name: string;
  readonly status?: Partial<RunStatus>;
  readonly logs?: string;
}

const succeeded = { phase: 'Succeeded', exitCode: 0 } as const;
const run = (name: string, logs?: string, status: Partial<RunStatus> = succeeded): Sample => ({
  file: `samples/${name}.yaml`,
  use: 'run',
  name,
  status,
  ...(logs !== undefined && { logs }),
});
const shape = (name: string, file = `samples/${name}.yaml`): Sample => ({ file, use: 'shape', name });

/** Every manifest of install/runtimes and install/samples; test/samples.test.ts holds that none is missing. */
export const SAMPLES: readonly Sample[] = [
  { file: 'runtimes/bash.yaml', use: 'runtime', name: 'bash' },
  { file: 'samples/runtime-service-account.yaml', use: 'runtime', name: 'bash-reports' },
  { file: 'samples/runtime-workspace.yaml', use: 'runtime', name: 'bash-memory' },
  { file: 'samples/runtime-isolation.yaml', use: 'runtime', name: 'bash-strangers' },
  // need their own images, or what those hold: lifecycle/interpreters.int.ts runs them where they are
  shape('python', 'runtimes/python.yaml'),
  shape('python'),
  shape('node', 'runtimes/node.yaml'),
  shape('node'),
  shape('runtime-artifacts'),
  shape('runtime-artifacts-s3'),
  shape('artifacts'),
  // needs a repository, which lifecycle/git-source.int.ts makes
  shape('git-source'),
  run('hello', 'hello\n'),
  run('env-example', 'hello\n'),
  run('script-example', 'hello from source\n'),
  run('outputs', '', { ...succeeded, outputs: { result: 'ok' } }),
  run('entrypoint-args', '2\nfirst\nsecond word\n'),
  run('args-as-command', 'a b\n'),
  run('retry', 'attempt 1\nattempt 2\nattempt 3\n', { ...succeeded, attempt: 3 }),
  run('timeout', 'started\n', { phase: 'Timeout', reason: 'Timeout' }),
  run('priority', 'first\n'),
  run('resources', 'a whole Pod to itself\n'),
  run('ttl'),
  { file: 'samples/cancel.yaml', use: 'cancel', name: 'cancel', status: { phase: 'Cancelled' }, logs: 'waiting\n' },
];
