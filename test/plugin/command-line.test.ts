import { expect } from 'chai';
import { commandLine, hintAtDashes, splitWords } from '../../plugin/command-line.ts';
import { KrtError, usageError } from '../../plugin/errors.ts';

describe('the command line', () => {
  for (const [argv, own, program] of [
    [[], [], []],
    [['-r', 'bash'], ['-r', 'bash'], []],
    [
      ['-r', 'bash', '--', 'echo', '--', '-x'],
      ['-r', 'bash'],
      ['echo', '--', '-x'],
    ],
    [['--'], [], []],
  ] as const) {
    it(`splits ${JSON.stringify(argv)}`, () => {
      expect(splitWords(argv)).to.deep.equal({ own, program });
    });
  }

  for (const [flags, line] of [
    [{}, 'krt logs -f a'],
    [{ namespace: 'team' }, 'krt logs -f a -n team'],
    [{ namespace: 'n', context: 'c', kubeconfig: 'k' }, 'krt logs -f a -n n --context c --kubeconfig k'],
  ] as const) {
    it(`is told again as "${line}"`, () => {
      expect(commandLine('krt', flags)('logs -f', 'a')).to.equal(line);
    });
  }

  it('is explained where the words of the program lack their dashes', () => {
    const error = usageError('unexpected argument: echo');
    expect(() => hintAtDashes('krt')(error))
      .to.throw(KrtError, 'unexpected argument: echo')
      .and.have.property('hint')
      .that.includes('behind --, as in: krt run');
    const other = usageError('unknown flag: --x');
    expect(() => hintAtDashes('krt')(other)).to.throw(other as never);
  });
});
