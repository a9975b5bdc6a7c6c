import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunSpec } from '../../../crds/v1alpha1/index.ts';
import { type Started, start } from '../harness/cli.ts';
import { CLUSTER_KUBECONFIG } from '../harness/settings.ts';
import { useWorld } from '../harness/world.ts';

/** Programs of the repository's first commit. */
const FILES: Record<string, string> = {
  // the Runtime need not have git, as runtimed clones
  'jobs/hello.sh': 'echo "hello from git: $1"; cat data.txt; if command -v git >&2; then git status --short; fi\n',
  'jobs/tool': '#!/bin/sh\necho "tool $#"\n',
  'data.txt': 'data\n',
};

describe('a git source', () => {
  const world = useWorld('git');
  let home = '';
  let daemon: Started;
  let repoURL = '';
  let first = '';
  let second = '';

  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: join(home, 'jobs.git'),
      encoding: 'utf8',
      env: { ...process.env, HOME: home, GIT_CONFIG_NOSYSTEM: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'krt-git-'));
    chmodSync(home, 0o755);
    mkdirSync(join(home, 'jobs.git/jobs'), { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    git('config', 'user.name', 'test');
    git('config', 'user.email', 'test@example.com');
    for (const [path, text] of Object.entries(FILES)) writeFileSync(join(home, 'jobs.git', path), text);
    chmodSync(join(home, 'jobs.git/jobs/tool'), 0o755);
    git('add', '.');
    git('commit', '--quiet', '-m', 'first');
    first = git('rev-parse', 'HEAD');
    writeFileSync(join(home, 'jobs.git/data.txt'), 'newer\n');
    git('commit', '--quiet', '-am', 'second');
    second = git('rev-parse', 'HEAD');
    const port = await freePort();
    const address = CLUSTER_KUBECONFIG ? addressForPods() : '127.0.0.1';
    daemon = start(
      join(git('--exec-path'), 'git-daemon'),
      ['--verbose', '--export-all', `--base-path=${home}`, `--listen=${address}`, `--port=${port}`],
      { deadlineMs: 0 },
    );
    await daemon.shows('Ready to rumble');
    repoURL = `git://${address}:${port}/jobs.git`;
  });

  after(async () => {
    daemon?.child.kill();
    await daemon?.done;
    if (home) rmSync(home, { recursive: true, force: true });
  });

  const from = (commitSHA: string, entrypoint: string, rest: Partial<RunSpec> = {}): RunSpec => ({
    runtime: 'bash',
    source: { repoURL, commitSHA },
    entrypoint,
    ...rest,
  });

  it('runs the entrypoint of the commit in its checkout, args and all', async () => {
    const name = await world.submit(from(first, 'jobs/hello.sh', { args: ['a b'] }));
    const { status } = await world.ended(name);
    expect(status, status?.message).to.include({ phase: 'Succeeded' });
    expect((await world.krt(['logs', name])).stdout).to.equal('hello from git: a b\ndata\n');
  });

  it('runs an executable as it is, and a commit that is not the first', async () => {
    const flags = ['-r', 'bash', '--repo-url', repoURL, '--commit-sha', second];
    const [tool, hello] = await Promise.all([
      world.krt(['run', ...flags, '--entrypoint', 'jobs/tool', '--', 'x', 'y']),
      world.krt(['run', ...flags, '--entrypoint', 'jobs/hello.sh']),
    ]);
    expect([tool.code, tool.stdout], tool.stderr).to.deep.equal([0, 'tool 2\n']);
    expect([hello.code, hello.stdout], hello.stderr).to.deep.equal([0, 'hello from git: \nnewer\n']);
  });

  for (const [title, spec, message] of [
    ['a commit that is not there', () => from('0'.repeat(40), 'jobs/hello.sh'), /0000000/],
    ['an entrypoint that is not in the commit', () => from(first, 'jobs/none.sh'), /jobs\/none\.sh/],
    [
      'a repository that is not there',
      () => from(first, 'x', { source: { repoURL: repoURL.replace('jobs.git', 'none.git'), commitSHA: first } }),
      /./,
    ],
  ] as const) {
    it(`fails with a reason for ${title}`, async () => {
      const { status } = await world.ended(await world.submit(spec()));
      expect(status?.phase).to.equal('Failed');
      expect(status?.reason).to.match(/^(InvalidSource|SourceUnavailable)$/);
      expect(status?.message).to.match(message);
      expect(status).to.not.have.property('exitCode');
    });
  }

  it('tries a repository that no one serves again where the Run says so', async () => {
    const source = { repoURL: `git://127.0.0.1:${await freePort()}/jobs.git`, commitSHA: first };
    const retryPolicy = { maxAttempts: 2, backoff: '50ms' };
    const { status } = await world.ended(await world.submit({ ...from(first, 'x'), source, retryPolicy }));
    expect(status).to.include({ phase: 'Failed', reason: 'SourceUnavailable', attempt: 2 });
  });
});

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

/** An address of this machine that Pods of a cluster on it, or near it, can reach. */
function addressForPods(): string {
  const all = Object.values(networkInterfaces()).flatMap(list => list ?? []);
  const found = all.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (!found) throw new Error('this machine has no address that a Pod could reach');
  return found.address;
}
