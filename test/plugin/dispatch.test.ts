import type { Config } from '@oclif/core/config';
import { expect } from 'chai';
import { dispatch } from '../../plugin/dispatch.ts';
import type { KrtError } from '../../plugin/errors.ts';
import { cliConfig } from './harness.ts';

describe('what a command line asks for', () => {
  let config: Config;
  before(async () => {
    config = await cliConfig();
  });
  const ask = (line: string) => dispatch(line.split(' ').filter(Boolean), config);

  for (const [line, id, argv] of [
    ['list', 'list', []],
    ['list -w', 'list', ['-w']],
    ['runtime list -A', 'runtime:list', ['-A']],
    ['-n team list', 'list', ['-n', 'team']],
    ['-n=team --context x runtime get bash', 'runtime:get', ['bash', '-n=team', '--context', 'x']],
    ['run -r bash -- ls --help', 'run', ['-r', 'bash', '--', 'ls', '--help']],
    ['get list', 'get', ['list']],
    ['--version', 'version', ['--client']],
    ['help run', 'help', ['run']],
  ] as const) {
    it(`is the command ${id} for: krt ${line}`, () => {
      expect(ask(line)).to.deep.equal({ kind: 'command', id, argv });
    });
  }

  for (const [line, subject] of [
    ['', ''],
    ['--help', ''],
    ['-h', ''],
    ['list --help', 'list'],
    ['get a b -h', 'get'],
    ['runtime', 'runtime'],
    ['runtime --help', 'runtime'],
    ['runtime list -h', 'runtime:list'],
  ] as const) {
    it(`is help about "${subject}" for: krt ${line}`, () => {
      expect(ask(line)).to.deep.equal({ kind: 'help', subject });
    });
  }

  for (const [line, message, hint] of [
    ['lsit', 'unknown command: krt lsit', 'did you mean: krt list'],
    ['rum -r bash', 'unknown command: krt rum', 'did you mean: krt run'],
    ['xyzzy', 'unknown command: krt xyzzy', 'see: krt --help'],
    ['xyzzy --help', 'unknown command: krt xyzzy', 'see: krt --help'],
    ['runtime lst', 'unknown command: krt runtime lst', 'did you mean: krt runtime list'],
    ['-n team lits', 'unknown command: krt lits', 'did you mean: krt list'],
    ['--frobnicate', 'unknown flag: --frobnicate', 'see: krt --help'],
    ['-n team', 'a command is missing', 'see: krt --help'],
    ['--kubeconfig=x', 'a command is missing', 'see: krt --help'],
  ] as const) {
    it(`is refused: krt ${line}`, () => {
      try {
        ask(line);
      } catch (error) {
        expect(error).to.include({ message, exitCode: 64 });
        expect((error as KrtError).hint).to.equal(hint);
        return;
      }
      expect.fail('it was taken');
    });
  }

  it('speaks of kubectl krt to those who call it so', () => {
    const bin = Object.assign(Object.create(config), { bin: 'kubectl krt' }) as Config;
    expect(() => dispatch(['lsit'], bin)).to.throw('unknown command: kubectl krt lsit');
  });
});
