import { expect } from 'chai';
import { LONGEST_PART } from '../../../../../agents/local/node/logs/cri-line.ts';
import { LineCutter } from '../../../../../agents/local/node/logs/line-cutter.ts';

const TIME = '2026-01-01T00:00:00.000000000Z';

/** The records of these chunks, without their times; then those of the end. */
function cut(...chunks: (string | Buffer)[]): string[] {
  const cutter = new LineCutter('stdout');
  const records = chunks.flatMap(chunk => cutter.cut(Buffer.from(chunk as string), TIME));
  const text = Buffer.concat([...records, ...cutter.finish(TIME)]).toString('latin1');
  return text
    .split('\n')
    .slice(0, -1)
    .map(record => record.replace(`${TIME} stdout `, ''));
}

describe('LineCutter', () => {
  for (const [title, chunks, records] of [
    ['whole lines', ['a\nb\n'], ['F a', 'F b']],
    ['a line in pieces', ['a', 'b', 'c\nd', '\n'], ['F abc', 'F d']],
    ['empty lines', ['\n\na\n'], ['F ', 'F ', 'F a']],
    ['a last line that no newline ends', ['a\nb'], ['F a', 'P b']],
    ['nothing', [], []],
    ['carriage returns as they are', ['a\r\n'], ['F a\r']],
    ['bytes that are no text', [Buffer.from([0, 255, 27, 10])], ['F \0\xff\x1b']],
  ] as const) {
    it(`makes records of ${title}`, () => {
      expect(cut(...chunks)).to.deep.equal(records);
    });
  }

  for (const [title, length, parts] of [
    ['just fits', LONGEST_PART, [`F ${LONGEST_PART}`]],
    ['is one byte too long', LONGEST_PART + 1, [`P ${LONGEST_PART}`, 'F 1']],
    ['is twice as long', 2 * LONGEST_PART, [`P ${LONGEST_PART}`, `F ${LONGEST_PART}`]],
    ['is much too long', 3 * LONGEST_PART + 5, [`P ${LONGEST_PART}`, `P ${LONGEST_PART}`, `P ${LONGEST_PART}`, 'F 5']],
  ] as const) {
    for (const size of [1000, length + 1]) {
      it(`parts a line that ${title}, in chunks of ${size}`, () => {
        const line = Buffer.from(`${'x'.repeat(length)}\n`);
        const chunks = Array.from({ length: Math.ceil(line.length / size) }, (_, i) =>
          line.subarray(i * size, (i + 1) * size),
        );
        expect(cut(...chunks).map(record => `${record[0]} ${record.length - 2}`)).to.deep.equal(parts);
      });
    }
  }
});
