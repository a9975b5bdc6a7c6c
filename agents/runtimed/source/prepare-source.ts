import { mkdirSync, writeFileSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { RunSpec } from '../../../crds/v1alpha1/run.ts';
import type { Workspace } from '../workspace-paths.ts';
import { fetchCommit, type GitOptions } from './git-source.ts';
import { SourceError } from './source-error.ts';

/** The entrypoint of a source that does not name one. */
const DEFAULT_ENTRYPOINT = 'script';

/**
 * Puts the source of `spec` into the workspace and gives the entrypoint, empty where `args` are the command.
 * Throws a SourceError, or the signal's reason.
 */
export async function prepareSource(spec: RunSpec, workspace: Workspace, git: GitOptions): Promise<string> {
  const { source } = spec;
  if (!source) return '';
  const entrypoint = spec.entrypoint ?? DEFAULT_ENTRYPOINT;
  const path = pathWithin(workspace.work, entrypoint);
  if (source.inline !== undefined) {
    writeScript(path, entrypoint, source.inline);
  } else if (source.repoURL !== undefined && source.commitSHA !== undefined) {
    await fetchCommit({ repoURL: source.repoURL, commitSHA: source.commitSHA }, workspace, git);
    await requireFile(workspace.work, path, entrypoint);
  } else throw new SourceError('InvalidSource', 'the source has neither inline text nor repoURL and commitSHA');
  return entrypoint;
}

/** The API server has checked the same; a path that leaves the workspace is not taken from anybody's word. */
function pathWithin(dir: string, entrypoint: string): string {
  const path = join(dir, entrypoint);
  const inside = relative(dir, path);
  if (inside === '' || inside.split('/')[0] === '..' || isAbsolute(entrypoint) || entrypoint.includes('\0'))
    throw new SourceError(
      'InvalidSource',
      `entrypoint ${JSON.stringify(entrypoint)} does not name a file in the source`,
    );
  return path;
}

/** The workspace is empty, so no link can stand in the way. Synchronous like all of its making. */
function writeScript(path: string, entrypoint: string, text: string): void {
  try {
    if (entrypoint.includes('/')) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // executable, so that its own `#!` line decides where it has one
    writeFileSync(path, text, { flag: 'wx', mode: 0o700 });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENAMETOOLONG' ? 'InvalidSource' : 'SourceUnavailable';
    throw new SourceError(reason, `entrypoint ${entrypoint}: ${message}`, { cause });
  }
}

async function requireFile(work: string, path: string, entrypoint: string): Promise<void> {
  const invalid = (why: string) => new SourceError('InvalidSource', `entrypoint ${entrypoint}: ${why}`);
  const [root, real] = await Promise.all([realpath(work), realpath(path).catch(() => undefined)]);
  if (real === undefined) throw invalid('there is no such file in the commit');
  if (relative(root, real).split('/')[0] === '..') throw invalid('it is a link that leads out of the source');
  if (!(await stat(real)).isFile()) throw invalid('it is not a file');
}
