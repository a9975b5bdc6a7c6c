import { expect } from 'chai';
import { examplesOf, matches } from './console.ts';

describe('the examples of a page', () => {
  it('are the commands of its console blocks, with what they print', () => {
    const page = [
      ...['# Page', '```console', '$ first', 'one', 'two', '$ second', '```'],
      ...['$ no example', '```text', '$ nor this', '```', '```console', 'npm ci', '```'],
    ].join('\n');
    expect(examplesOf(page)).to.deep.equal([
      { command: 'first', output: 'one\ntwo\n', line: 3 },
      { command: 'second', output: '', line: 6 },
    ]);
  });

  for (const [output, actual, expected] of [
    ['a\n', 'a\n', true],
    ['a\n', 'ab\n', false],
    ['a\n', 'a\nb\n', false],
    ['', 'a\n', false],
    ['bash-…  5s\n', 'bash-x2k4d   5s  \n', true],
    ['a …\nb\n', 'a\nb\n', false],
    ['a\n…\nz\n', 'a\nm\nn\nz\n', true],
    ['(a.b)\n', '(a.b)\n', true],
    ['a.b\n', 'a-b\n', false],
  ] as const) {
    it(`${expected ? 'take' : 'refuse'} ${JSON.stringify(actual)} for ${JSON.stringify(output)}`, () => {
      expect(matches(actual, { command: '', line: 1, output })).to.equal(expected);
    });
  }
});
