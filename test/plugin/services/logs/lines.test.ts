import { expect } from 'chai';
import { LineSequence } from '../../../../plugin/services/logs/line-sequence.ts';
import { LineTail } from '../../../../plugin/services/logs/line-tail.ts';
import { LineFormatter } from '../../../../plugin/services/logs/log-format.ts';
import type { LogRecord } from '../../../../plugin/services/logs/log-record.ts';

let seq = 0;
/** A record of stdout, or of stderr where the text begins with `!`; without a newline it is a part of a line. */
function record(text: string): LogRecord {
  const isError = text.startsWith('!');
  const data = Buffer.from(isError ? text.slice(1) : text);
  seq += 1;
  const stream = isError ? 'stderr' : 'stdout';
  return { time: `T${seq}`, attempt: 1, seq, stream, data, endsLine: data.at(-1) === 10 };
}

describe('lines of a log', () => {
  beforeEach(() => {
    seq = 0;
  });

  describe('in sequence', () => {
    const at = (n: number, stream: LogRecord['stream'] = 'stdout'): LogRecord => ({ ...record('x\n'), seq: n, stream });

    it('are next, repeated, or behind a gap', () => {
      const sequence = new LineSequence();
      expect(sequence.judge(at(1))).to.equal('next');
      expect(sequence.judge(at(2))).to.equal('gap');
      expect(sequence.take(at(1))).to.equal(0);
      expect([sequence.judge(at(1)), sequence.judge(at(2)), sequence.next]).to.deep.equal(['repeated', 'next', 2]);
      expect(sequence.take(at(5))).to.equal(3);
      expect([sequence.missing, sequence.next]).to.deep.equal([3, 6]);
    });

    it('are complete with the end, or with the last that the status tells', () => {
      const sequence = new LineSequence();
      expect([sequence.isComplete(undefined), sequence.isComplete(0), sequence.isComplete(1)]).to.deep.equal([
        false,
        true,
        false,
      ]);
      sequence.take(at(1));
      expect([sequence.isComplete(undefined), sequence.isComplete(1)]).to.deep.equal([false, true]);
      sequence.take(at(2, 'end'));
      expect(sequence.isComplete(undefined)).to.equal(true);
    });
  });

  describe('formatted', () => {
    const format = (marks: Partial<ConstructorParameters<typeof LineFormatter>[0]>, texts: string[]) => {
      const formatter = new LineFormatter({ timestamps: false, wholeLines: false, ...marks });
      const shown = texts.map(text => formatter.push(record(text)).toString());
      return [...shown, formatter.end('stdout').toString(), formatter.end('stderr').toString()];
    };

    it('are the bytes as they are where nothing is asked for', () => {
      expect(format({}, ['a\n', 'b', 'c\n', 'd'])).to.deep.equal(['a\n', 'b', 'c\n', 'd', '', '']);
    });

    it('have their marks at the beginning of each line, not of each part', () => {
      const shown = format({ timestamps: true, prefix: '[x]' }, ['a\n', 'b', '!e', 'c\n', '!f\n']);
      expect(shown).to.deep.equal(['[x] T1 a\n', '[x] T2 b', '[x] T3 e', 'c\n', 'f\n', '', '']);
    });

    it('are whole where they would mix with others', () => {
      const shown = format({ prefix: '[x]', wholeLines: true }, ['a', '!e', 'b\n', 'open']);
      expect(shown).to.deep.equal(['', '', '[x] ab\n', '', '[x] open\n', '[x] e\n']);
    });

    it('are not kept for ever where they never end', () => {
      const long = 'x'.repeat(600 * 1024);
      const [first, second] = format({ wholeLines: true }, [long, long]);
      expect([first!.length, second!.length]).to.deep.equal([0, 2 * long.length]);
    });
  });

  describe('from the end', () => {
    const tail = (wanted: number, texts: string[]) => {
      const kept = new LineTail(wanted);
      for (const text of texts) kept.push(record(text));
      return kept.take().map(({ data }) => data.toString());
    };

    it('are the last ones, of both streams together', () => {
      expect(tail(2, ['a\n', '!b\n', 'c\n'])).to.deep.equal(['b\n', 'c\n']);
      expect(tail(5, ['a\n'])).to.deep.equal(['a\n']);
      expect(tail(0, ['a\n', 'b'])).to.deep.equal([]);
      expect(tail(1, [])).to.deep.equal([]);
    });

    it('count a line in parts as one, and keep it whole', () => {
      expect(tail(2, ['a\n', 'b', 'b', '!e\n', 'b\n'])).to.deep.equal(['b', 'b', 'e\n', 'b\n']);
      expect(tail(1, ['a\n', 'b', 'c'])).to.deep.equal(['b', 'c']);
    });

    it('are the same after very many', () => {
      const texts = Array.from({ length: 10_000 }, (_, i) => `${i}\n`);
      expect(tail(3, texts)).to.deep.equal(['9997\n', '9998\n', '9999\n']);
    });
  });
});
