import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunSpec } from '../../../crds/v1alpha1/index.ts';
import { BAD_SPECS } from '../../crds/bad-specs.ts';
import type { Finished } from '../harness/cli.ts';
import { kubeconfigFor, NO_SERVER } from '../harness/kubeconfigs.ts';
import { sh, useWorld } from '../harness/world.ts';

/** One line of what, perhaps one of what to do; nothing on stdout, no stack. */
function expectRefusal({ code, stdout, stderr }: Finished, exitCode: number, message: string | RegExp): void {
  expect(code, stderr).to.equal(exitCode);
  expect(stdout).to.equal('');
  expect(stderr).to.match(/^error: /i);
  expect(stderr).to.match(
    typeof message === 'string' ? new RegExp(message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : message,
  );
  expect(stderr.trimEnd().split('\n').length, stderr).to.be.at.most(4);
  expect(stderr).to.not.match(/^\s+at /m);
  expect(stderr).to.not.match(/\u001b/);
}

describe('krt and bad input', () => {
  const world = useWorld('bad-input', { bash: false });
  const file = (name: string, data: string | Buffer) => {
    writeFileSync(join(world.dir, name), data);
    return name;
  };

  for (const [title, args, message] of [
    ['an unknown flag', ['run', '-r', 'bash', '--no-such-flag', '-c', 'x'], '--no-such-flag'],
    ['an unknown command', ['rum', '-r', 'bash'], 'rum'],
    ['a flag without its value', ['run', '-r'], '-r'],
    ['no Runtime', ['run', '-c', 'echo'], /runtime/],
    ['nothing to run', ['run', '-r', 'bash'], /-f|-c|args|source/],
    ['two sources', ['run', '-r', 'bash', '-c', 'echo', '-f', 'x.sh'], /-f|--file|-c/],
    ['a file that is not there', ['run', '-r', 'bash', '-f', 'none.sh'], 'none.sh'],
    ['a commit without a repository', ['run', '-r', 'bash', '--commit-sha', 'a'.repeat(40)], /repo/i],
    ['an env without =', ['run', '-r', 'bash', '-c', 'x', '--env', 'NOVALUE'], 'NOVALUE'],
    ['a label that is none', ['run', '-r', 'bash', '-c', 'x', '--label', '-bad-=x'], '-bad-'],
    ['a name that is none', ['run', '-r', 'bash', '-c', 'x', '--name', 'Bad_Name'], 'Bad_Name'],
    ['an output format that is none', ['list', '-o', 'xml'], 'xml'],
    ['a selector that is none', ['list', '-l', 'a in ('], /selector|a in \(/],
    ['a Run that is not there', ['get', 'none'], '"none" not found'],
    ['a Run to cancel that is not there', ['cancel', 'none'], '"none" not found'],
    ['a Run to delete that is not there', ['delete', 'none'], '"none" not found'],
    ['a Run to wait for that is not there', ['wait', 'none'], '"none" not found'],
    ['a Runtime that is not there', ['runtime', 'get', 'none'], '"none" not found'],
    ['a number that is none', ['run', '-r', 'bash', '-c', 'x', '--priority', 'high'], 'high'],
  ] as const) {
    it(`refuses ${title}`, async () => {
      expectRefusal(await world.krt(args), 64, message);
    });
  }

  it('refuses an env file that is not there', async () => {
    // Node reads this flag of ours too, before any line of ours runs; it ends with 9 and names the file as well
    const args = ['run', '-r', 'bash', '-c', 'x', '--env-file', 'none.env'];
    const { code, stdout, stderr } = await world.krt(args);
    expect([code, stdout]).to.deep.equal([9, '']);
    expect(stderr).to.include('none.env: not found');
    expectRefusal(await world.krt(args, { nodeArgs: ['--'] }), 64, 'none.env');
  });

  it('refuses a directory, an empty file, one it may not read, one that is too large and one that is no text', async () => {
    mkdirSync(join(world.dir, 'folder'));
    const run = (script: string) => world.krt(['run', '-r', 'bash', '-f', script]);
    expectRefusal(await run('folder'), 64, 'folder');
    expectRefusal(await run(file('empty.sh', '')), 64, 'empty.sh');
    expectRefusal(await run(file('large.sh', '#'.repeat(300 * 1024))), 64, '256 KiB');
    expectRefusal(await run(file('binary', Buffer.from([0x7f, 0x45, 0, 0xff]))), 64, 'binary');
    expectRefusal(await world.krt(['run', '-r', 'bash', '-f', '-']), 64, /stdin|empty/);
    expectRefusal(await world.krt(['run', '-r', 'bash', '-f', '-'], { stdin: '#'.repeat(300 * 1024) }), 64, '256 KiB');
    if (process.getuid?.() === 0) return; // root may read every file
    chmodSync(join(world.dir, file('secret.sh', 'echo')), 0);
    expectRefusal(await run('secret.sh'), 64, 'secret.sh');
  });

  it('refuses a name that is there', async () => {
    await world.submit(sh('true', { runtime: 'nowhere' }), 'taken');
    expectRefusal(await world.krt(['run', '-r', 'bash', '--name', 'taken', '-c', 'x']), 64, '"taken" already exists');
  });

  for (const { title, spec, field } of BAD_SPECS) {
    const args = flagsOf(spec as RunSpec);
    if (!args) continue;
    it(`refuses ${title}, as the API does, before it asks a server`, async () => {
      const env = { ...world.env, KUBECONFIG: file('dead', kubeconfigFor(NO_SERVER)) };
      expectRefusal(await world.krt(['run', ...args], { env }), 64, field.replace(/\[\d\]$/, ''));
    });
  }

  it('has made nothing by any of it', async () => {
    const names = (await world.clients.runs.list(world.namespace)).items.map(run => run.metadata.name);
    expect(names).to.deep.equal(['taken']);
  });

  describe('and a cluster that is not as it should be', () => {
    const list = (kubeconfig: string) =>
      world.krt(['list'], { env: { ...world.env, KUBECONFIG: join(world.dir, file('kubeconfig.bad', kubeconfig)) } });

    it('says that no server answers', async () => {
      expectRefusal(await list(kubeconfigFor(NO_SERVER)), 69, '127.0.0.1:1');
    });

    it('says that a server hangs up', async () => {
      const server = createServer(socket => socket.destroy());
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      expectRefusal(await list(kubeconfigFor(`http://127.0.0.1:${port}`)), 69, `127.0.0.1:${port}`);
      server.close();
    });

    it('says that a host has no address', async () => {
      expectRefusal(await list(kubeconfigFor('http://no-such-host.invalid')), 69, 'no-such-host.invalid');
    });

    it('says that the kubeconfig is not there, is no YAML, or names no context', async () => {
      expectRefusal(await world.krt(['list', '--kubeconfig', 'none']), 64, 'none');
      expectRefusal(await list('a: [b'), 64, 'kubeconfig.bad');
      expectRefusal(await world.krt(['list', '--context', 'elsewhere']), 64, 'elsewhere');
    });

    it('says that the credentials are not taken', async () => {
      const config = JSON.parse(readFileSync(world.kubeconfig, 'utf8')) as { users: { user: object }[] };
      config.users = config.users.map(user => ({ ...user, user: { token: 'expired' } }));
      expectRefusal(await list(JSON.stringify(config)), 77, '401');
    });

    it('says that a plugin for credentials failed', async () => {
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'false', interactiveMode: 'Never' };
      const { code, stderr } = await list(kubeconfigFor('https://127.0.0.1:1', { exec }));
      expect(code, stderr).to.be.oneOf([69, 77]);
      expect(stderr)
        .to.match(/^error: /i)
        .and.not.match(/^\s+at /m);
    });
  });
});

/** The words of `krt run` that ask for `spec`; undefined where no words can. */
function flagsOf(spec: RunSpec): string[] | undefined {
  const { runtime, source, entrypoint, args = [], env = {}, timeout, retryPolicy, resources, priority } = spec;
  if (!runtime || resources || source?.inline === '') return undefined;
  if (source && Object.keys(source).length === 0) return undefined;
  const flags = ['-r', runtime];
  const add = (flag: string, value: string | number | undefined) => {
    if (value !== undefined) flags.push(`${flag}=${value}`);
  };
  if (source?.inline !== undefined) flags.push('-c', source.inline);
  add('--repo-url', source?.repoURL);
  add('--commit-sha', source?.commitSHA);
  add('--entrypoint', entrypoint);
  for (const [name, value] of Object.entries(env)) flags.push('--env', `${name}=${value}`);
  add('--timeout', timeout);
  add('--retry-attempts', retryPolicy?.maxAttempts);
  add('--retry-backoff', retryPolicy?.backoff);
  for (const reason of retryPolicy?.retryableReasons ?? []) add('--retry-on', reason);
  add('--priority', priority);
  add('--ttl', spec.ttlSecondsAfterFinished);
  const words = [...flags, ...(args.length > 0 ? ['--', ...args] : [])];
  // no process can be given these: a name with = is a shorter name, NUL ends a word, and one word holds 128 KiB
  if (Object.keys(env).some(name => name.includes('='))) return undefined;
  if (words.some(word => word.includes('\0') || Buffer.byteLength(word) >= 128 * 1024)) return undefined;
  return words;
}
