import { expect } from 'chai';
import { readLines } from '../../../crds/client/read-lines.ts';

async function* chunks(...parts: (string | number[])[]) {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : Uint8Array.from(part);
}

describe('readLines', () => {
  const cases: [title: string, parts: (string | number[])[], lines: string[]][] = [
    ['nothing', [], []],
    ['whole lines', ['a\nb\n'], ['a', 'b']],
    ['a last line without a newline', ['a\nb'], ['a', 'b']],
    ['empty lines', ['\n\na\n'], ['', '', 'a']],
    ['a line over three chunks', ['a', 'b', 'c\nd\n'], ['abc', 'd']],
    [
      'a character cut in two',
      [
        [0xe2, 0x82],
        [0xac, 0x0a],
      ],
      ['€'],
    ],
  ];
  for (const [title, parts, lines] of cases) {
    it(`gives ${title}`, async () => {
      expect(await Array.fromAsync(readLines(chunks(...parts)))).to.deep.equal(lines);
    });
  }

  it('drops what a cut connection left unfinished when asked to', async () => {
    expect(await Array.fromAsync(readLines(chunks('a\n{"x":'), { dropPartial: true }))).to.deep.equal(['a']);
  });
});
