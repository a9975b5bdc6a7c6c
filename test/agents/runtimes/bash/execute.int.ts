import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ExecuteRequest } from '../../../../agents/protocol/index.ts';
import { type Bench, collect, makeBench, PATH } from '../harness.ts';

for (const [how, spareCount] of [
  ['anew', 0],
  ['on a spare', 1],
] as const) {
  describe(`the bash Runtime executes ${how}`, () => {
    let bench: Bench;
    beforeEach(async () => {
      bench = makeBench({ spareCount });
      await bench.fill();
    });
    afterEach(() => bench.close());

    it('a script, its output on the right streams and its exit code', async () => {
      const { status, stdout, stderr } = await bench.run(bench.script('echo out; echo err >&2; exit 3'));
      expect([stdout, stderr]).to.deep.equal(['out\n', 'err\n']);
      expect(status).to.include({ state: 'failed', exitCode: 3, signal: '', reason: '', errorMessage: '' });
      expect(status.startedAt).to.be.greaterThan(0);
      expect(status.finishedAt).to.be.at.least(status.startedAt);
    });

    it('a script that succeeds', async () => {
      const { status } = await bench.run(bench.script('true'));
      expect(status).to.include({ state: 'succeeded', exitCode: 0 });
    });

    it('args as words, to a script and as a command', async () => {
      const words = ['a b', '', '*', '$HOME', '"q"', "it's", 'x\ny', '-n', '--', 'ä', '\\'];
      const shown = words.map(word => `<${word}>\n`).join('');
      const script = await bench.run(bench.script('for a in "$@"; do printf "<%s>\\n" "$a"; done', { args: words }));
      expect(script.stdout).to.equal(shown);
      expect((await bench.run(bench.command('printf', '<%s>\\n', ...words))).stdout).to.equal(shown);
      expect((await bench.run(bench.command('echo', 'a b'))).stdout).to.equal('a b\n');
    });

    it('with the environment of the request, PATH and LANG, and nothing else', async () => {
      process.env['KRT_TEST_SECRET'] = 'of the server';
      try {
        const request = { ...bench.command('env'), env: { MESSAGE: 'hello\nworld', EMPTY: '', BASH_ENV: '/x' } };
        const { stdout } = await bench.run(request);
        expect(stdout.trim().split('\n').sort()).to.deep.equal(
          ['MESSAGE=hello', 'world', 'EMPTY=', 'BASH_ENV=/x', `PATH=${PATH}`, 'LANG=C.UTF-8'].sort(),
        );
      } finally {
        delete process.env['KRT_TEST_SECRET'];
      }
    });

    it('with a PATH of the request, which also finds the command', async () => {
      mkdirSync(join(bench.dir, 'tools'));
      writeFileSync(join(bench.dir, 'tools/mine'), '#!/bin/sh\necho "mine $1"', { mode: 0o755 });
      const request = { ...bench.command('mine', 'x'), env: { PATH: join(bench.dir, 'tools') } };
      expect((await bench.run(request)).stdout).to.equal('mine x\n');
    });

    it('in the working directory, with empty stdin and real pipes as stdout and stderr', async () => {
      const { stdout, stderr } = await bench.run(
        bench.script('pwd; cat; echo device >/dev/stdout; echo device >/dev/stderr; echo x | tee /dev/stderr'),
      );
      expect(stdout).to.equal(`${bench.dir}\ndevice\nx\n`);
      expect(stderr).to.equal('device\nx\n');
    });

    it('with no file descriptor but the standard ones', async () => {
      const { stdout } = await bench.run(bench.command('ls', '/proc/self/fd'));
      expect(stdout.trim().split('\n')).to.deep.equal(['0', '1', '2', '3']); // 3 is of ls itself
    });

    for (const [what, text, mode, expected] of [
      ['an executable file by its shebang', '#!/bin/sed 1d\nsecond\n', 0o755, 'second\n'],
      ['a file with a shebang that is not executable with bash', '#!/bin/false\necho "$BASH"', 0o644, '/bin/bash\n'],
      ['an executable file without shebang with bash', 'echo "$BASH"', 0o755, '/bin/bash\n'],
      ['a script that is named like an option', 'echo "$0"', 0o644, '-x\n'],
    ] as const) {
      it(what, async () => {
        writeFileSync(join(bench.dir, '-x'), text, { mode });
        const { stdout, stderr } = await bench.run({ ...bench.command(), entrypoint: '-x' });
        expect(stdout).to.equal(expected, stderr);
      });
    }

    it('an executable binary as entrypoint, with args', async () => {
      const copy = await bench.run(bench.script('cp "$(type -P echo)" tool'));
      expect(copy.status.exitCode).to.equal(0);
      const { stdout } = await bench.run({ ...bench.command('a', 'b c'), entrypoint: 'tool' });
      expect(stdout).to.equal('a b c\n');
    });

    it('an entrypoint in a directory, also through a symlink that stays inside', async () => {
      mkdirSync(join(bench.dir, 'a/b'), { recursive: true });
      writeFileSync(join(bench.dir, 'a/b/run.sh'), 'echo "$0"');
      symlinkSync('a/b', join(bench.dir, 'link'));
      expect((await bench.run({ ...bench.command(), entrypoint: 'a/b/run.sh' })).stdout).to.equal('a/b/run.sh\n');
      expect((await bench.run({ ...bench.command(), entrypoint: 'link/run.sh' })).stdout).to.equal('link/run.sh\n');
    });

    for (const [signal, code] of [
      ['KILL', 137],
      ['TERM', 143],
      ['SEGV', 139],
      ['INT', 130],
    ] as const) {
      it(`and tells that signal ${signal} ended it`, async () => {
        const { status } = await bench.run(bench.script(`kill -${signal} $$; sleep 60`));
        expect(status).to.include({ state: 'failed', signal: `SIG${signal}`, exitCode: code, reason: '' });
      });
    }

    it('a repeated id once: the first wins', async () => {
      const request = bench.script('echo "$1" >>ran; cat ran', { args: ['first'] });
      const id = bench.table.execute(request);
      expect(bench.table.execute({ ...request, args: ['second'] })).to.equal(id);
      expect((await collect(bench.table, id)).stdout).to.equal('first\n');
      expect(bench.table.execute(request)).to.equal(id);
      expect((await collect(bench.table, id)).stdout).to.equal('first\n');
    });

    describe('and tells why it could not', () => {
      const file = (b: Bench, name: string, text: string) => writeFileSync(join(b.dir, name), text, { mode: 0o755 });
      const cases: [string, string, RegExp, (b: Bench) => Partial<ExecuteRequest>][] = [
        ['a missing entrypoint', 'InvalidSource', /nope: no such file/, () => ({ entrypoint: 'nope' })],
        [
          'a file as directory',
          'InvalidSource',
          /no such file/,
          b => {
            file(b, 'f', '');
            return { entrypoint: 'f/g' };
          },
        ],
        [
          'a directory as entrypoint',
          'InvalidSource',
          /not a file/,
          b => {
            mkdirSync(join(b.dir, 'd'));
            return { entrypoint: 'd' };
          },
        ],
        ['the working directory as entrypoint', 'InvalidSource', /not a file/, () => ({ entrypoint: '.' })],
        [
          'an entrypoint outside',
          'InvalidSource',
          /leads out/,
          b => {
            symlinkSync('/etc/passwd', join(b.dir, 'l'));
            return { entrypoint: 'l' };
          },
        ],
        [
          'an entrypoint in a directory outside',
          'InvalidSource',
          /leads out/,
          b => {
            symlinkSync('/bin', join(b.dir, 'l'));
            return { entrypoint: 'l/ls' };
          },
        ],
        [
          'a circle of links',
          'InvalidSource',
          /symbolic links/,
          b => {
            symlinkSync('l', join(b.dir, 'l'));
            return { entrypoint: 'l' };
          },
        ],
        [
          'a missing interpreter',
          'InvalidSource',
          /"\/no\/such" can't be/,
          b => {
            file(b, 's', '#! /no/such -x\n');
            return { entrypoint: 's' };
          },
        ],
        [
          'an interpreter with a CR',
          'InvalidSource',
          /carriage return/,
          b => {
            file(b, 's', '#!/bin/sh\r\n');
            return { entrypoint: 's' };
          },
        ],
        [
          'an interpreter that is none',
          'InvalidSource',
          /"" can't be/,
          b => {
            file(b, 's', '#!\n');
            return { entrypoint: 's' };
          },
        ],
        [
          'a broken binary',
          'InvalidSource',
          /could not execute/,
          b => {
            file(b, 's', '\x7fELF nothing');
            return { entrypoint: 's' };
          },
        ],
        ['an unknown command', 'InvalidSource', /"no-such": not found/, () => ({ args: ['no-such'] })],
        ['a word that only shells know', 'InvalidSource', /"shopt": not found/, () => ({ args: ['shopt', '-s'] })],
        ['an empty command', 'InvalidSource', /"": not found/, () => ({ args: [''] })],
        ['a directory as command', 'InvalidSource', /not executable/, () => ({ args: ['/tmp'] })],
        [
          'args too long for the system',
          'InvalidSource',
          /too long/,
          () => ({ args: ['true', ...Array(999).fill('x'.repeat(8192))] }),
        ],
        ['a missing working directory', 'RuntimeRejected', /not a directory/, b => ({ workingDir: join(b.dir, 'no') })],
      ];
      for (const [what, reason, message, request] of cases) {
        it(what, async () => {
          const { status } = await bench.run({ ...bench.command('true'), ...request(bench) });
          expect(status).to.include({ state: 'failed', reason, exitCode: 126 });
          expect(status.errorMessage).to.match(message);
        });
      }
    });
  });
}
