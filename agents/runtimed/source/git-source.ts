import type { Clock } from '../../lib/clock.ts';
import type { Workspace } from '../workspace-paths.ts';
import { directorySize } from './directory-size.ts';
import { type GitFailure, runGit } from './git-command.ts';
import { SourceError } from './source-error.ts';

/** Bounds of fetching a repository. */
export interface GitOptions {
  readonly clock: Clock;
  /** Aborts when the Run is to end. */
  readonly signal: AbortSignal;
  /** Milliseconds that it may take in all. */
  readonly timeoutMs: number;
  /** Bytes that repository and files may take in all. */
  readonly maxBytes: number;
  /** Where git is looked up. */
  readonly searchPath: string;
}

const LOOK_EVERY_MS = 200;
/** What servers say that hand out branches and tags only, each in its own words. */
const NO_SINGLE_COMMIT = /unadvertised object|not our ref|couldn't find remote ref|does not support|dumb http/i;
/** What another try will not change. */
const PERMANENT =
  /not found|does not (appear to be a git repository|exist)|Authentication failed|could not read (Username|Password)|Permission denied|returned error: 40[134]|transport '.*' not allowed|is not a (tree|commit)/i;

/** Checks the commit out into the workspace, bounded in time and size. Throws a SourceError, or the signal's reason. */
export async function fetchCommit(
  { repoURL, commitSHA }: { repoURL: string; commitSHA: string },
  workspace: Workspace,
  options: GitOptions,
): Promise<void> {
  const stop = new AbortController();
  const bounded = { ...options, signal: AbortSignal.any([options.signal, stop.signal]) };
  const watching = watchBounds(workspace, options, stop);
  const git = (...args: string[]) => runGit(args, workspace, bounded);
  try {
    await must(git('init', '--quiet'), 'SourceUnavailable');
    const one = await git('fetch', '--quiet', '--no-tags', '--depth', '1', '--', repoURL, commitSHA);
    if (one) await fetchAll(one, repoURL, git);
    const format = commitSHA.length === 64 ? ' (a SHA-256 id)' : '';
    const checkout = await git('checkout', '--quiet', '--detach', commitSHA);
    if (checkout) throw failed('InvalidSource', `commit ${commitSHA}${format} can not be checked out`, checkout);
    await requireSize(workspace, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (stop.signal.aborted) throw stop.signal.reason;
    throw error;
  } finally {
    stop.abort();
    await watching;
  }
}

async function fetchAll(
  first: GitFailure,
  repoURL: string,
  git: (...args: string[]) => Promise<GitFailure | undefined>,
): Promise<void> {
  if (!NO_SINGLE_COMMIT.test(first.lastWords)) throw fetchFailed(first);
  const refs = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  const all = await git('fetch', '--quiet', '--no-tags', '--', repoURL, ...refs);
  if (all) throw fetchFailed(all);
}

async function must(result: Promise<GitFailure | undefined>, reason: SourceError['reason']): Promise<void> {
  const failure = await result;
  if (failure) throw failed(reason, 'git could not be started', failure);
}

function fetchFailed(failure: GitFailure): SourceError {
  const reason = PERMANENT.test(failure.lastWords) ? 'InvalidSource' : 'SourceUnavailable';
  return failed(reason, 'the repository could not be fetched', failure);
}

function failed(reason: SourceError['reason'], what: string, { lastWords }: GitFailure): SourceError {
  return new SourceError(reason, `${what}: ${lastWords}`);
}

/** Aborts `stop` with a SourceError once time or size is over; ends when it is aborted. */
async function watchBounds(workspace: Workspace, options: GitOptions, stop: AbortController): Promise<void> {
  const { clock, timeoutMs } = options;
  const deadline = clock.monotonic() + timeoutMs;
  while (!stop.signal.aborted) {
    const wait = Math.min(LOOK_EVERY_MS, Math.max(0, deadline - clock.monotonic()));
    await clock.sleep(wait, stop.signal).catch(() => undefined); // over: seen by the loop
    if (stop.signal.aborted) return;
    try {
      await requireSize(workspace, options);
      if (clock.monotonic() < deadline) continue;
      const seconds = Math.round(timeoutMs / 1000);
      throw new SourceError('SourceUnavailable', `the repository could not be fetched within ${seconds} s`);
    } catch (error) {
      stop.abort(error);
    }
  }
}

async function requireSize({ root }: Workspace, { maxBytes }: GitOptions): Promise<void> {
  if ((await directorySize(root, maxBytes)) <= maxBytes) return;
  throw new SourceError('InvalidSource', `the repository is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB`);
}
