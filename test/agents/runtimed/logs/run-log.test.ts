import { expect } from 'chai';
import type { Cut } from '../../../../agents/runtimed/logs/cuts.ts';
import { FloodCap, type LogItem } from '../../../../agents/runtimed/logs/flood-cap.ts';
import { LineSplitter, type Piece } from '../../../../agents/runtimed/logs/line-splitter.ts';
import { LogLines } from '../../../../agents/runtimed/logs/log-line.ts';
import { LogWriter } from '../../../../agents/runtimed/logs/log-writer.ts';
import { RunLog } from '../../../../agents/runtimed/logs/run-log.ts';
import { FakeClock, settle } from '../../../fakes/clock.ts';

const KIB16 = 16 * 1024;
const attempt = { id: 'u.1', uid: 'u', name: 'a', namespace: 'n', runtime: 'bash', attempt: 1, startedAt: 0 };

function split(data: Buffer, chunk: number): Piece[] {
  const splitter = new LineSplitter();
  const pieces: Piece[] = [];
  for (let at = 0; at < data.length; at += chunk)
    pieces.push(...splitter.push('stdout', data.subarray(at, at + chunk)));
  return [...pieces, ...splitter.flush('stdout', true)];
}
const show = (pieces: Piece[]) => pieces.map(({ data, partial }) => `${data}${partial ? '…' : ''}`);

describe('splitting lines', () => {
  const TABLE: [what: string, text: string, pieces: string[]][] = [
    ['nothing', '', []],
    ['lines', 'a\nb\n', ['a', 'b']],
    ['empty lines', '\n\n', ['', '']],
    ['an open end', 'a\nb', ['a', 'b…']],
    ['a line of exactly 16 KiB', `${'x'.repeat(KIB16)}\n`, ['x'.repeat(KIB16)]],
    ['a line of one byte more', `${'x'.repeat(KIB16 + 1)}\n`, [`${'x'.repeat(KIB16)}…`, 'x']],
    ['a character on the cut', `${'x'.repeat(KIB16 - 1)}é\n`, [`${'x'.repeat(KIB16 - 1)}…`, 'é']],
  ];
  for (const [what, text, pieces] of TABLE) {
    it(`gives ${what} however it is chunked`, () => {
      for (const chunk of [1, 7, 1000, 65_536]) expect(show(split(Buffer.from(text), chunk))).to.deep.equal(pieces);
    });
  }

  it('gives back every byte of noise', () => {
    const noise = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7919 + (i >> 3)) % 256));
    const joined = split(noise, 997).map(({ data, partial }) =>
      partial ? data : Buffer.concat([data, Buffer.from('\n')]),
    );
    expect(Buffer.concat(joined).equals(noise)).to.equal(true);
  });
});

describe('the cap of a flood', () => {
  it('keeps head and tail, and tells the gap', () => {
    const cap = new FloodCap(64 * 16);
    const passed: LogItem[] = [];
    for (let i = 0; i < 100; i++) {
      const item: Piece = { stream: 'stdout', data: Buffer.from(`line ${i}`), partial: false };
      if (cap.admit(item)) passed.push(item);
    }
    const rest = [...cap.rest()];
    expect(passed).to.have.length(14);
    expect(rest).to.have.length(3);
    expect(rest[0]).to.have.property('note').that.contains('84 lines');
    expect(rest.slice(1).map(item => ('data' in item ? `${item.data}` : ''))).to.deep.equal(['line 98', 'line 99']);
  });

  it('keeps a tail of a mebibyte at most, as it waits in memory', () => {
    const cap = new FloodCap(64 * 1024 * 1024);
    let passed = 0;
    const data = Buffer.alloc(1023, 'x');
    for (let i = 0; i < 70_000; i++) if (cap.admit({ stream: 'stdout', data, partial: false })) passed += data.length;
    expect(passed).to.be.within(62.9 * 1024 * 1024, 63 * 1024 * 1024);
    const rest = [...cap.rest()].reduce((sum, item) => sum + ('data' in item ? item.data.length : 0), 0);
    expect(rest).to.be.within(0.99 * 1024 * 1024, 1024 * 1024);
  });
});

function makeLog(more: { cuts?: Cut[]; adopted?: boolean; clock?: FakeClock; written?: string[] } = {}) {
  const { cuts = [], adopted = false, clock = new FakeClock(), written = [] } = more;
  const noted: Cut[] = [];
  const sink = { write: async (data: Buffer) => void written.push(...data.toString().trimEnd().split('\n')) };
  const log = new RunLog({
    writer: new LogWriter(sink),
    lines: new LogLines(attempt, 'pod-1'),
    clock,
    capBytes: 1024 * 1024,
    flushMs: 100,
    adopted,
    cuts,
    onCut: cut => noted.push(cut),
    onLines: () => {},
  });
  const messages = () => written.map(line => (({ seq, stream, message }) => [seq, stream, message])(JSON.parse(line)));
  return { log, clock, written, noted, messages };
}

describe('the log of an attempt', () => {
  it('has the fields of the contract in each line', async () => {
    const { log, written } = makeLog();
    await log.chunk('stderr', Buffer.from('a "b" \u001b\n'));
    expect(JSON.parse(written[0]!)).to.deep.equal({
      time: '2026-01-01T00:00:00.000Z',
      level: 'info',
      run_uid: 'u',
      run_name: 'a',
      namespace: 'n',
      runtime: 'bash',
      pod: 'pod-1',
      attempt: 1,
      stream: 'stderr',
      seq: 1,
      message: 'a "b" \u001b',
    });
  });

  it('encodes what is not UTF-8', async () => {
    const { log, written } = makeLog();
    await log.chunk('stdout', Buffer.from([0xff, 0x00, 0x0a]));
    expect(JSON.parse(written[0]!)).to.include({ encoding: 'base64', message: '/wA=' });
  });

  it('numbers both streams together and ends behind the last line', async () => {
    const { log, messages } = makeLog();
    await log.chunk('stdout', Buffer.from('a\nb'));
    await log.chunk('stderr', Buffer.from('c\n'));
    await log.gap('stderr', 5);
    expect(await log.end()).to.equal(4);
    expect(messages()).to.deep.equal([
      [1, 'stdout', 'a'],
      [2, 'stderr', 'c'],
      [3, 'stderr', '[krt] 5 bytes of stderr were left out here: the output is capped'],
      [4, 'stdout', 'b'],
      [5, 'end', ''],
    ]);
  });

  it('shows a line that dribbles, although more comes all the time', async () => {
    const { log, clock, messages } = makeLog();
    for (const dot of '.....') {
      await log.chunk('stdout', Buffer.from(dot));
      await clock.advance(40);
    }
    expect(messages()[0]).to.deep.equal([1, 'stdout', '...']);
  });

  it('does not cut a character in two when it shows an open line', async () => {
    const { log, clock, messages } = makeLog();
    await log.chunk('stdout', Buffer.from('aé').subarray(0, 2));
    await clock.advance(101);
    await log.chunk('stdout', Buffer.from('é\n').subarray(1));
    expect(messages().map(([, , message]) => message)).to.deep.equal(['a', 'é']);
  });

  it('gives the same lines the same numbers when all of it is read again in other chunks', async () => {
    const first = makeLog();
    await first.log.chunk('stdout', Buffer.from('one\nName: '));
    await first.clock.advance(101);
    await first.log.chunk('stderr', Buffer.from('warn'));
    await first.clock.advance(101);
    await first.log.chunk('stdout', Buffer.from('bob\n'));
    await first.log.chunk('stderr', Buffer.from('ing\n'));
    await first.log.end();
    expect(first.noted).to.have.length(2);
    const second = makeLog({ adopted: true, cuts: first.noted });
    await second.log.chunk('stdout', Buffer.from('one\nName: '));
    for (const text of ['w', 'arn']) await second.log.chunk('stderr', Buffer.from(text));
    await second.log.chunk('stdout', Buffer.from('bob\n'));
    await second.log.chunk('stderr', Buffer.from('ing\n'));
    await second.log.end();
    expect(second.messages()).to.deep.equal(first.messages());
    expect(second.noted).to.deep.equal([]);
  });

  it('keeps lines that could not be written in mind', async () => {
    const { clock } = makeLog();
    const log = new RunLog({
      writer: new LogWriter({ write: () => Promise.reject(new Error('EPIPE')) }),
      ...{ lines: new LogLines(attempt, 'p'), clock, capBytes: 1000, flushMs: 100, adopted: false, cuts: [] },
      onCut: () => {},
      onLines: () => {},
    });
    await log.chunk('stdout', Buffer.from('a\n'));
    await log.end();
    expect(log.failure).to.be.an('error');
  });
});

describe('the writer of all logs', () => {
  it('holds a noisy Run back and lets a quiet one in between', async () => {
    const taken: string[] = [];
    let release = () => {};
    const sink = {
      write: async (data: Buffer) => {
        taken.push(data.toString());
        await new Promise<void>(resolve => {
          release = resolve;
        });
      },
    };
    const writer = new LogWriter(sink);
    let noisy = 0;
    const flood = (async () => {
      for (; noisy < 3; noisy++) await writer.write('n'.repeat(200_000));
    })();
    await settle();
    const quiet = writer.write('quiet\n');
    expect(noisy).to.equal(0);
    release();
    await settle();
    expect(taken[1]).to.contain('quiet');
    for (let i = 0; i < 4; i++) {
      release();
      await settle();
    }
    await Promise.all([flood, quiet]);
  });
});
