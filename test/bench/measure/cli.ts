import { run } from '../../acceptance/harness/cli.ts';
import { KRT_BIN } from '../../acceptance/harness/settings.ts';
import type { Stage } from '../stage.ts';
import { inTurn } from './in-turn.ts';

/** Milliseconds of whole processes, from start to exit. */
export interface CliFigures {
  /** `node -e 0`: what nothing costs. */
  readonly node: readonly number[];
  readonly version: readonly number[];
  readonly run: readonly number[];
  /** What a shell waits for when Tab is pressed behind `krt logs`: names from the cluster. */
  readonly complete: readonly number[];
  /** `kubectl krt run`; absent where there is no kubectl. */
  readonly kubectl?: readonly number[];
}

const RUN = ['run', '-r', 'bash', '-c', 'echo hi'];

/** Starts each from cold, 20 times in turn. */
export async function measureCli({ env, namespace }: Stage, options: { kubectl: boolean }): Promise<CliFigures> {
  const command = (file: string, args: readonly string[], stdout?: string) => async () => {
    const done = await run(file, args, { env });
    if (done.code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${done.code}: ${done.stderr}`);
    if (stdout !== undefined && done.stdout !== stdout) throw new Error(`krt run printed: ${done.stdout}`);
  };
  const krt = (...words: string[]) => [KRT_BIN, ...words, '-n', namespace];
  const { execPath } = process;
  const acts = {
    node: command(execPath, ['-e', '0']),
    version: command(execPath, krt('version')),
    run: command(execPath, krt(...RUN), 'hi\n'),
    complete: command(execPath, [KRT_BIN, '__complete', '--', '-n', namespace, 'logs', '']),
  };
  const size = { rounds: 20, warmUp: 2 };
  if (!options.kubectl) return inTurn(acts, size);
  return inTurn({ ...acts, kubectl: command('kubectl', ['krt', ...RUN, '-n', namespace], 'hi\n') }, size);
}
