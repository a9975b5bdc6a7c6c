import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import type { Run } from '../../../../crds/v1alpha1/run.ts';
import { KrtError } from '../../../../plugin/errors.ts';
import { draftRun } from '../../../../plugin/services/run/draft-run.ts';
import type { RunOptions } from '../../../../plugin/services/run/run-options.ts';

const bash = { runtime: 'bash', inline: 'echo' } satisfies RunOptions;

describe('drafting a Run', () => {
  let dir: string;
  const file = (name: string, data: string | Buffer) => {
    writeFileSync(join(dir, name), data);
    return join(dir, name);
  };
  const draft = (options: RunOptions, stdin = '') => draftRun(options, Readable.from([Buffer.from(stdin)]));
  const refusal = (options: RunOptions, stdin = '') =>
    draft(options, stdin).then(
      run => expect.fail(`drafted ${JSON.stringify(run)}`),
      (error: unknown) => {
        expect(error).to.be.instanceOf(KrtError);
        expect((error as KrtError).exitCode).to.equal(64);
        return (error as KrtError).message.replaceAll(`${dir}/`, '');
      },
    );

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-draft-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  for (const [title, options, spec] of [
    ['text', bash, { runtime: 'bash', source: { inline: 'echo' } }],
    ['words as a command', { runtime: 'bash', args: ['echo', 'a b'] }, { runtime: 'bash', args: ['echo', 'a b'] }],
    [
      'words as arguments',
      { ...bash, args: ['-x', '--', 'b'] },
      { runtime: 'bash', source: { inline: 'echo' }, args: ['-x', '--', 'b'] },
    ],
    [
      'a repository',
      { runtime: 'bash', repoUrl: 'https://example.com/a.git', commitSha: 'a'.repeat(40), entrypoint: 'ci/run.sh' },
      {
        runtime: 'bash',
        source: { repoURL: 'https://example.com/a.git', commitSHA: 'a'.repeat(40) },
        entrypoint: 'ci/run.sh',
      },
    ],
    [
      'every other field',
      {
        ...bash,
        env: [
          ['A', '1'],
          ['A', '2'],
          ['B', ''],
        ],
        timeout: '1m30s',
        retryAttempts: '3',
        retryBackoff: '2s',
        retryOn: ['ExitCode', 'PodLost'],
        ttl: '0',
        priority: '-5',
      },
      {
        runtime: 'bash',
        source: { inline: 'echo' },
        env: { A: '2', B: '' },
        timeout: '1m30s',
        retryPolicy: { maxAttempts: 3, backoff: '2s', retryableReasons: ['ExitCode', 'PodLost'] },
        priority: -5,
        ttlSecondsAfterFinished: 0,
      },
    ],
  ] as [string, RunOptions, Run['spec']][]) {
    it(`makes the spec of ${title}`, async () => {
      expect((await draft(options)).spec).to.deep.equal(spec);
    });
  }

  it('takes a file and stdin as they are', async () => {
    const text = '#!/bin/sh\r\n\ufeffecho é \u0007\n\n';
    expect((await draft({ runtime: 'bash', file: file('a.sh', text) })).spec.source).to.deep.equal({ inline: text });
    expect((await draft({ runtime: 'bash', file: '-' }, text)).spec.source).to.deep.equal({ inline: text });
    const full = '#'.repeat(256 * 1024);
    expect((await draft({ runtime: 'bash', file: '-' }, full)).spec.source).to.deep.equal({ inline: full });
  });

  it('lets a variable of a flag win over one of a file, and a later file over an earlier one', async () => {
    const envFiles = [file('1.env', 'A=1\nB=1\nC=1\n'), file('2.env', 'B=2\nC=2')];
    expect((await draft({ ...bash, envFiles, env: [['C', '3']] })).spec.env).to.deep.equal({ A: '1', B: '2', C: '3' });
  });

  it('writes name and labels into the metadata, and leaves the namespace to whoever submits', async () => {
    const run = await draft({ ...bash, name: 'a.b', labels: { team: 'x' } });
    expect(run).to.include({ apiVersion: 'kruntimes.io/v1alpha1', kind: 'Run' });
    expect(run.metadata).to.deep.equal({ name: 'a.b', labels: { team: 'x' } });
  });

  for (const [options, generateName] of [
    [{ runtime: 'bash', file: 'jobs/Nightly Build.v2.sh' }, 'nightly-build-v2-'],
    [{ runtime: 'bash', file: '.env.sh' }, 'env-'],
    [{ runtime: 'bash', file: '-' }, 'bash-'],
    [{ runtime: 'bash', file: '日本.sh' }, 'bash-'],
    [{ runtime: 'bash', inline: 'x', args: ['job'] }, 'bash-'],
    [{ runtime: 'bash', args: ['/usr/bin/env', 'x'] }, 'env-'],
    [{ runtime: 'bash', repoUrl: 'https://example.com/team/My_Repo.git/', commitSha: 'a'.repeat(40) }, 'my-repo-'],
    [{ runtime: 'bash', file: `${'a'.repeat(100)}.sh` }, `${'a'.repeat(57)}-`],
    [{ ...bash, generateName: 'nightly-' }, 'nightly-'],
  ] as [RunOptions, string][]) {
    it(`names a Run ${generateName.slice(0, 20)}… after ${JSON.stringify(options).slice(0, 60)}`, async () => {
      const path =
        options.file && options.file !== '-' ? file(options.file.replace('jobs/', ''), 'echo') : options.file;
      const run = await draft({ ...options, file: path }, 'echo');
      expect(run.metadata.generateName).to.equal(generateName);
    });
  }

  for (const [title, options, message] of [
    ['no Runtime', { inline: 'x' }, 'no Runtime is given'],
    ['nothing to run', { runtime: 'bash' }, 'nothing to run: no source is given (spec.source)'],
    ['two sources', { ...bash, file: 'x' }, '-f and -c exclude each other: a Run has one source (spec.source)'],
    [
      'three',
      { ...bash, file: 'x', repoUrl: 'y' },
      '-f and -c and --repo-url exclude each other: a Run has one source (spec.source)',
    ],
    ['a commit alone', { runtime: 'bash', commitSha: 'a' }, '--commit-sha needs --repo-url'],
    ['two names', { ...bash, name: 'a', generateName: 'b' }, '--name and --generate-name exclude each other'],
    ['a bad name', { ...bash, name: 'Bad_Name' }, '--name: "Bad_Name" is not a name of Kubernetes'],
    ['a bad prefix', { ...bash, generateName: '-a' }, '--generate-name: "-a" does not begin a name of Kubernetes'],
    ['an empty text', { runtime: 'bash', inline: '' }, '-c "": spec.source.inline must not be empty'],
    [
      'an empty priority',
      { ...bash, priority: '' },
      '--priority "": spec.priority must be an integer from -1000 to 1000',
    ],
    [
      'a number that is none',
      { ...bash, priority: 'high' },
      '--priority "high": spec.priority must be an integer from -1000 to 1000',
    ],
    [
      'a bad item of a list',
      { ...bash, retryAttempts: '2', retryOn: ['ExitCode', 'Boredom'] },
      /^--retry-on "Boredom": spec\.retryPolicy\.retryableReasons\[1\] must be one of Completed, /,
    ],
    ['a back-off alone', { ...bash, retryBackoff: '1s' }, '--retry-backoff has no effect without --retry-attempts'],
    ['a reason alone', { ...bash, retryOn: ['ExitCode'] }, '--retry-on has no effect without --retry-attempts'],
    [
      'a repository without its commit',
      { runtime: 'bash', repoUrl: 'https://example.com/a' },
      '--commit-sha: spec.source.commitSHA goes together with repoURL',
    ],
    [
      'much at once',
      { ...bash, timeout: '1', priority: 'x', ttl: '-1', entrypoint: '/x' },
      [
        '--entrypoint "/x": spec.entrypoint must be a relative path',
        '--timeout "1": spec.timeout must be a Go duration above 0, such as 90s or 1h30m',
        '--priority "x": spec.priority must be an integer from -1000 to 1000',
        'and 1 more',
      ].join('\n'),
    ],
  ] as [string, RunOptions, string | RegExp][]) {
    it(`refuses ${title}`, async () => {
      const text = await refusal(options);
      if (typeof message === 'string') expect(text).to.equal(message);
      else expect(text).to.match(message);
    });
  }

  it('shows no value that is long, or may be a secret', async () => {
    expect(await refusal({ ...bash, timeout: 'x'.repeat(100) })).to.match(/^--timeout: spec\.timeout /);
    expect(await refusal({ ...bash, env: [['KRUNTIME_X', 'secret']] })).to.not.include('secret');
    const envFiles = [file('odd.env', `${'password: hunter2, and more'}\n`)];
    expect(await refusal({ ...bash, envFiles })).to.equal(
      '--env-file odd.env:1: "password: hunter2, a…" is not KEY=VALUE',
    );
  });

  it('refuses files that hold no program, each for its reason', async () => {
    mkdirSync(join(dir, 'folder'));
    const why = (path: string) => refusal({ runtime: 'bash', file: join(dir, path) });
    expect(await why('none.sh')).to.equal('-f none.sh: there is no such file');
    expect(await why(`folder/none/x`)).to.equal('-f folder/none/x: there is no such file');
    expect(await why('folder')).to.equal('-f folder: it is a directory');
    file('empty.sh', '');
    expect(await why('empty.sh')).to.equal('-f empty.sh: the file is empty');
    file('large.sh', '#'.repeat(256 * 1024 + 1));
    expect(await why('large.sh')).to.equal('-f large.sh: has more than 256 KiB');
    file('nul', 'echo\0');
    expect(await why('nul')).to.equal('-f nul: holds binary data, not UTF-8 text');
    file('latin1', Buffer.from([0xe9, 10]));
    expect(await why('latin1')).to.equal('-f latin1: holds binary data, not UTF-8 text');
  });

  it('refuses the same of stdin, and reads no more of it than it has to', async () => {
    expect(await refusal({ runtime: 'bash', file: '-' })).to.equal('-f -: stdin is empty');
    expect(await refusal({ ...bash, envFiles: ['-', '-'] })).to.equal('stdin can be read only once');
    async function* endless() {
      for (;;) yield Buffer.alloc(64 * 1024, '#');
    }
    const error = await draftRun({ runtime: 'bash', file: '-' }, endless()).catch(reason => reason);
    expect(error.message).to.equal('-f -: stdin has more than 256 KiB');
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('echo');
      throw new Error('EIO: i/o error');
    }
    const failure = await draftRun({ runtime: 'bash', file: '-' }, broken()).catch(reason => reason);
    expect(failure.message).to.equal("-f -: stdin can't be read: EIO: i/o error");
  });
});
