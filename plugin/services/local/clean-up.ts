import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { unavailableError } from '../../errors.ts';
import { type DaemonOptions, readAnswer } from './start-daemon.ts';

/**
 * Ends the processes that a daemon which was killed has left behind, and with `forget` deletes all that is stored;
 * false where a daemon has the folder.
 */
export async function cleanUp(options: Omit<DaemonOptions, 'signal'>, forget: boolean): Promise<boolean> {
  const { home, bundle, env } = options;
  const child = spawn(process.execPath, [bundle, forget ? 'forget' : 'sweep'], {
    env: { ...env, KRT_HOME: home, KRT_READY_FD: '3' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [answer, [code]] = await Promise.all([readAnswer(child), once(child, 'exit')]);
  if (code === 0) return true;
  if ('error' in answer && answer.isInUse) return false;
  const why = 'error' in answer ? answer.error : `exit code ${code}`;
  throw unavailableError(`the embedded default was not cleaned up: ${why}`);
}
