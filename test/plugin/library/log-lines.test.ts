import { expect } from 'chai';
import { LineReader } from '../../../plugin/library/log-lines.ts';
import type { LogRecord } from '../../../plugin/services/logs/log-record.ts';

const record = (data: string | Buffer, more: Partial<LogRecord> = {}): LogRecord => ({
  ...{ time: '2026-01-01T00:00:00Z', attempt: 1, seq: 1, stream: 'stdout', endsLine: true },
  data: Buffer.from(data as string),
  ...more,
});

const textsOf = (records: LogRecord[]) => {
  const reader = new LineReader();
  return records.map(each => reader.read(each).text);
};

describe('the lines of a Run', () => {
  it('are told with their stream and attempt, without the newline, and with their bytes', () => {
    const line = new LineReader().read(record('hello\n', { stream: 'stderr', attempt: 2 }));
    expect(line).to.deep.equal({
      ...{ time: '2026-01-01T00:00:00Z', attempt: 2, stream: 'stderr', text: 'hello', endsLine: true },
      data: Buffer.from('hello\n'),
    });
  });

  it('keep what a last line without a newline says', () => {
    expect(textsOf([record('no newline', { endsLine: false })])).to.deep.equal(['no newline']);
  });

  it('keep a carriage return, and empty lines', () => {
    expect(textsOf([record('a\r\n'), record('\n')])).to.deep.equal(['a\r', '']);
  });

  it('keep a character whole that a part of a long line ends in', () => {
    const bytes = Buffer.from('grün\n');
    const parts = [record(bytes.subarray(0, 3), { endsLine: false }), record(bytes.subarray(3))];
    expect(textsOf(parts).join('')).to.equal('grün');
  });

  it('do not mix the parts of two streams', () => {
    const bytes = Buffer.from('ü\n');
    const cut = record(bytes.subarray(0, 1), { endsLine: false });
    expect(textsOf([cut, record('other\n', { stream: 'stderr' }), record(bytes.subarray(1))])).to.deep.equal([
      ...['', 'other', 'ü'],
    ]);
  });
});
