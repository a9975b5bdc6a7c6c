import { expect } from 'chai';
import { parseOutputs } from '../../../agents/runtimed/outputs.ts';

const many = (count: number, value = 'v') => Array.from({ length: count }, (_, i) => `k${i}=${value}\n`).join('');

const GOOD: [what: string, text: string, outputs: Record<string, string>][] = [
  ['nothing', '', {}],
  ['one line', 'a=1\n', { a: '1' }],
  ['a last line without a newline', 'a=1\nb=2', { a: '1', b: '2' }],
  ['the last of a key', 'a=1\na=2\n', { a: '2' }],
  ['carriage returns', 'a=1\r\nb=2\r\n', { a: '1', b: '2' }],
  ['empty lines', '\n\na=1\n\n', { a: '1' }],
  ['an empty value', 'a=\n', { a: '' }],
  ['equals signs in the value', 'a=b=c\n', { a: 'b=c' }],
  ['spaces, which stay', 'a= b \n', { a: ' b ' }],
  ['dots and dashes in the key', '_a.b-c=1\n', { '_a.b-c': '1' }],
  ['64 outputs', many(64), Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`k${i}`, 'v']))],
];

const BAD: [what: string, data: string | Buffer, reason: string, kept: string[]][] = [
  ['a line without =', 'a=1\nnonsense\nb=2\n', 'InvalidOutputs', ['a', 'b']],
  ['an empty key', '=1\n', 'InvalidOutputs', []],
  ['a key that starts with a digit', '1a=1\n', 'InvalidOutputs', []],
  ['a key with a space', 'a b=1\n', 'InvalidOutputs', []],
  ['bytes that are not UTF-8', Buffer.from([0x61, 0x3d, 0xff, 0x0a]), 'InvalidOutputs', []],
  ['a key that is too long', `${'k'.repeat(129)}=1\n`, 'OutputsTooLarge', []],
  ['a value that is too long', `a=${'v'.repeat(8193)}\nb=1\n`, 'OutputsTooLarge', ['b']],
  ['65 outputs', many(65), 'OutputsTooLarge', Array.from({ length: 64 }, (_, i) => `k${i}`)],
  ['64 KiB in all', many(9, 'v'.repeat(8000)), 'OutputsTooLarge', Array.from({ length: 8 }, (_, i) => `k${i}`)],
];

describe('outputs', () => {
  for (const [what, text, outputs] of GOOD) {
    it(`takes ${what}`, () => {
      expect(parseOutputs(Buffer.from(text))).to.deep.equal({ outputs });
    });
  }

  for (const [what, data, reason, kept] of BAD) {
    it(`tells ${what} and keeps the rest`, () => {
      const { outputs, problem } = parseOutputs(Buffer.from(data as string));
      expect(problem?.reason).to.equal(reason);
      expect(problem?.message).to.match(/^line \d+ of \$KRUNTIME_OUTPUTS/);
      expect(Object.keys(outputs)).to.deep.equal(kept);
    });
  }

  it('takes __proto__ for a plain key', () => {
    expect(Object.keys(parseOutputs(Buffer.from('__proto__=1\n')).outputs)).to.deep.equal(['__proto__']);
  });
});
