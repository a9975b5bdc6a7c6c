import { expect } from 'chai';
import { LogLines } from '../../../../agents/runtimed/logs/log-line.ts';
import { parseRecord, timeOf } from '../../../../plugin/services/logs/log-record.ts';

const attempt = { id: 'u.2', uid: 'u', name: 'a', namespace: 'n', runtime: 'bash', attempt: 2, startedAt: 0 };
const lines = new LogLines(attempt, 'p');
const time = '2026-01-01T00:00:00.000Z';
const line = (data: Buffer | string, partial = false) =>
  lines.item({ stream: 'stdout', data: Buffer.from(data as string), partial }, 7, time).trimEnd();

describe('a line of a Pod’s log', () => {
  for (const [title, text, bytes, endsLine] of [
    ['text', line('é\u001b"\\'), Buffer.from('é\u001b"\\\n'), true],
    ['an empty line', line(''), Buffer.from('\n'), true],
    ['a part of a line', line('x', true), Buffer.from('x'), false],
    ['bytes that are no UTF-8', line(Buffer.from([0xff, 0])), Buffer.from([0xff, 0, 10]), true],
    ['a part of such bytes', line(Buffer.from([0xff]), true), Buffer.from([0xff]), false],
    [
      'a note of runtimed’s own',
      lines.item({ note: '[krt] cut' }, 7, time).trimEnd(),
      Buffer.from('[krt] cut\n'),
      true,
    ],
    ['the end', lines.end(7, time).trimEnd(), Buffer.alloc(0), false],
  ] as [string, string, Buffer, boolean][]) {
    it(`gives back ${title} as runtimed got it`, () => {
      const record = parseRecord(text, 'u')!;
      expect(record).to.include({ time, attempt: 2, seq: 7, endsLine });
      expect(record.data.equals(bytes), record.data.toString('hex')).to.equal(true);
    });
  }

  for (const [title, text] of [
    ['of another Run', line('x').replace('"run_uid":"u"', '"run_uid":"other u"')],
    ['that is cut', line('x').slice(0, -3)],
    ['that is no JSON', 'u'],
    ['of runtimed’s own', '{"level":30,"time":1700000000000,"msg":"u"}'],
    ['with a sequence that is none', line('x').replace('"seq":7', '"seq":"7"')],
    ['of a stream that is none', line('x').replace('"stdout"', '"stdin"')],
    ['without a message', line('x').replace('"message":"x"', '"message":1')],
  ] as const) {
    it(`is turned away ${title}`, () => {
      expect(parseRecord(text, 'u')).to.equal(undefined);
    });
  }

  it('tells when it was written, whoever wrote it', () => {
    expect(timeOf(line('x'))).to.equal(Date.parse(time));
    expect(timeOf('{"level":30,"time":1}')).to.equal(undefined);
    expect(timeOf('{"time":"once","x":1}')).to.equal(undefined);
  });
});
