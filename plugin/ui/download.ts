import type { ArtifactRef, Run } from '../../crds/v1alpha1/run.ts';
import type { Cluster, Context } from '../context.ts';
import { downloadText } from '../printers/artifacts.ts';
import { downloadArtifacts } from '../services/artifacts/download.ts';
import { selectArtifacts } from '../services/artifacts/find-artifacts.ts';
import type { Output } from '../streams.ts';
import { sanitise } from '../terminal/sanitise.ts';
import { makeProgress } from './progress.ts';

/** Fetches artifacts into a directory, with a bar on a terminal, and writes the path of each to `paths`. */
export async function showDownload(
  { stderr, clock, signal }: Pick<Context, 'stderr' | 'clock' | 'signal'>,
  { clients }: Pick<Cluster, 'clients'>,
  run: Run,
  refs: readonly ArtifactRef[],
  { paths, ...options }: { readonly dir: string; readonly force: boolean; readonly paths: Output },
): Promise<void> {
  const progress = makeProgress(stderr);
  try {
    await downloadArtifacts(run, refs, options, {
      clients,
      clock,
      signal,
      onBytes: (ref, bytes) => progress.show(sanitise(downloadText(ref, bytes))),
      onDone: path => {
        progress.clear();
        return paths.write(`${paths.isTTY ? sanitise(path) : path}\n`);
      },
    });
  } finally {
    progress.clear();
  }
}

/**
 * Fetches all artifacts of a Run that has ended with `exitCode`; their paths go to stderr, as stdout is the program's.
 * That they can't be fetched is an error, but where the program failed itself its own exit code says more.
 */
export async function fetchAtEnd(
  context: Context,
  cluster: Cluster,
  run: Run,
  { dir, exitCode }: { readonly dir: string; readonly exitCode: number },
): Promise<void> {
  const { stderr, signal } = context;
  try {
    await showDownload(context, cluster, run, selectArtifacts(run, []), { dir, force: false, paths: stderr });
  } catch (error) {
    if (exitCode === 0 || signal.aborted) throw error;
    await stderr.write(`the artifacts were not fetched: ${sanitise((error as Error).message)}\n`);
  }
}
