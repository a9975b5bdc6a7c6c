import { execa } from 'execa';
import type { Workspace } from '../workspace-paths.ts';

/** A git command that did not succeed: the end of what it said on stderr. */
export interface GitFailure {
  readonly lastWords: string;
}

/** Settings of this machine or user that could make git execute something, ask somebody or go elsewhere are off. */
const SETTINGS = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['credential.helper', ''],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['advice.detachedHead', 'false'],
  ['init.defaultBranch', 'main'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/**
 * Runs git in the workspace's `work`; undefined means that it succeeded. On abort all of its processes are killed
 * and the signal's reason is thrown.
 */
export async function runGit(
  args: readonly string[],
  workspace: Workspace,
  { signal, searchPath }: { signal: AbortSignal; searchPath: string },
): Promise<GitFailure | undefined> {
  signal.throwIfAborted();
  const child = execa('git', [...SETTINGS, ...args], {
    cwd: workspace.work,
    env: environment(workspace, searchPath),
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'ignore',
    maxBuffer: { stderr: 64 * 1024 },
    reject: false,
    // a process group of its own: git works through helpers, which outlive it when it alone is killed
    detached: true,
    cleanup: true,
  });
  const kill = () => killGroup(child.pid);
  signal.addEventListener('abort', kill, { once: true });
  try {
    const { exitCode, stderr, shortMessage } = await child;
    signal.throwIfAborted();
    if (exitCode === 0) return undefined;
    return { lastWords: lastWords(stderr) || shortMessage || 'git failed without a word' };
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
}

function environment({ home, tmp }: Workspace, searchPath: string): Record<string, string> {
  return {
    PATH: searchPath,
    HOME: home,
    TMPDIR: tmp,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ALLOW_PROTOCOL: 'http:https:ssh:git:file',
    GIT_ASKPASS: '/bin/false',
    SSH_ASKPASS: '/bin/false',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new',
    GIT_LFS_SKIP_SMUDGE: '1',
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: all of them have ended
  }
}

/** The last lines, which is where git tells what went wrong, without the carriage returns of progress. */
function lastWords(stderr: string): string {
  return stderr.replaceAll('\r', '\n').trim().split('\n').slice(-4).join('\n').slice(-2000);
}
