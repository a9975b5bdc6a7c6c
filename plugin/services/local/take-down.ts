import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError } from '../../errors.ts';
import { stopDaemon } from './daemon.ts';
import { type DaemonOptions, sweepLeftovers } from './start-daemon.ts';

export interface TakeDownOptions extends DaemonOptions {
  /** Milliseconds that programs may go on. */
  readonly graceMs: number;
  /** Delete the folder too. */
  readonly forget: boolean;
}

/** Ends the daemon and all processes of its Pods, those too that a killed one left behind; false where none ran. */
export async function takeDown(options: TakeDownOptions): Promise<boolean> {
  const { home, graceMs, forget, signal } = options;
  const wasUp = await stopDaemon(home, graceMs, signal);
  const files = await readdir(home).catch(() => [] as string[]); // it was never up
  if (!wasUp && files.includes('pods')) await sweepLeftovers(options);
  if (forget && files.length > 0) await deleteFolder(home, files);
  return wasUp;
}

/** Only a folder that an embedded default has made: KRT_HOME may name any. */
async function deleteFolder(home: string, files: readonly string[]): Promise<void> {
  if (!files.includes('krt.db'))
    throw usageError(`${home} is not the folder of an embedded default: it has no krt.db`, 'nothing was deleted');
  const ours = /^(krt\.db(-.*)?|kubeconfig|token|port|control\.sock|local\.log(\.old)?|pods|volumes)$/;
  for (const file of files.filter(name => ours.test(name)))
    await rm(join(home, file), { recursive: true, force: true });
}
