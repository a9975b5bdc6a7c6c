import { tmpdir } from 'node:os';
import { expect } from 'chai';
import type { AttachEvent, RuntimeError } from '../../../../../agents/protocol/index.ts';
import { HeadLog } from '../../../../../agents/runtimes/lib/output/head-log.ts';
import { OutputLog } from '../../../../../agents/runtimes/lib/output/output-log.ts';
import { TailRing } from '../../../../../agents/runtimes/lib/output/tail-ring.ts';

describe('a tail ring', () => {
  for (const [pushes, expected, dropped] of [
    [[], '', 0],
    [['ab', 'c'], 'abc', 0],
    [['abcd'], 'abcd', 0],
    [['abc', 'de'], 'bcde', 1],
    [['abcdefghij'], 'ghij', 6],
    [['a', 'bcdefgh', 'i', 'jk'], 'hijk', 7],
    [['abcd', 'efgh', 'ijkl', 'm'], 'jklm', 9],
  ] as const) {
    it(`of 4 bytes keeps ${JSON.stringify(expected)} of ${JSON.stringify(pushes)}`, () => {
      const ring = new TailRing(4);
      for (const text of pushes) ring.push(Buffer.from(text));
      expect([`${ring.contents()}`, ring.dropped]).to.deep.equal([expected, dropped]);
    });
  }

  it('agrees with a plain concatenation at every size', () => {
    for (let capacity = 0; capacity < 20; capacity++) {
      const ring = new TailRing(capacity);
      let all = '';
      for (let n = 0; n < 40; n++) {
        const text = String.fromCharCode(97 + (n % 26)).repeat((n * 7) % 23);
        all += text;
        ring.push(Buffer.from(text));
        expect(`${ring.contents()}`).to.equal(capacity ? all.slice(-capacity) : '');
        expect(ring.dropped).to.equal(Math.max(0, all.length - capacity));
      }
    }
  });
});

describe('a head log', () => {
  it('gives back what was added, in memory and behind the move to disk alike', () => {
    const log = new HeadLog(tmpdir());
    const added: string[] = [];
    for (let n = 0; n < 300; n++) {
      const stream = n % 3 ? 'stdout' : 'stderr';
      const text = `${n}:`.padEnd((n * 37) % 5000, 'x');
      log.append(stream, Buffer.from(text));
      if (text) added.push(`${stream} ${text}`);
    }
    log.append('stdout', Buffer.alloc(150_000, 'y'));
    const got: string[] = [];
    for (let position = 0; position < log.size; ) {
      const { frames, next } = log.read(position);
      for (const { stream, data } of frames) got.push(`${stream} ${data}`);
      position = next;
    }
    expect(got.slice(0, 300)).to.deep.equal(added);
    expect(got.slice(300).map(text => text.length - 7)).to.deep.equal([65_536, 65_536, 18_928]);
    log.close();
  });

  it('has nothing of what it could not write', () => {
    const log = new HeadLog('/nonexistent');
    log.append('stdout', Buffer.from('kept'));
    const { size } = log;
    expect(() => log.append('stdout', Buffer.alloc(500_000))).to.throw('ENOENT');
    expect(log.size).to.equal(size);
    expect(log.read(0).frames.map(({ data }) => `${data}`)).to.deep.equal(['kept']);
  });
});

describe('an output log', () => {
  const NEVER = new AbortController().signal;
  // A cap of 16 bytes: the head takes 14 of both streams, each tail 1.
  const make = () => new OutputLog({ capBytes: 16, spoolDir: tmpdir() });
  async function told(log: OutputLog, stdout = 0, stderr = 0): Promise<string[]> {
    const events: string[] = [];
    for await (const event of log.events({ stdout, stderr }, NEVER)) events.push(brief(event));
    return events;
  }
  function brief(event: AttachEvent): string {
    if (event.type === 'chunk') return `${event.stream}@${event.offset} ${Buffer.from(event.data)}`;
    return event.type === 'truncated' ? `${event.stream}@${event.offset} dropped ${event.dropped}` : 'final';
  }

  it('tells head, gap and tail of each stream', async () => {
    const log = make();
    log.append('stdout', Buffer.from('abcde'));
    log.append('stderr', Buffer.from('ABC'));
    log.append('stdout', Buffer.from('fghijkl'));
    log.append('stderr', Buffer.from('DE'));
    log.append('stdout', Buffer.from('mnop'));
    log.end();
    expect(await told(log)).to.deep.equal([
      'stdout@0 abcde',
      'stderr@0 ABC',
      'stdout@5 fghijk',
      'stdout@11 dropped 4',
      'stdout@15 p',
      'stderr@3 dropped 1',
      'stderr@4 E',
    ]);
    expect([log.dropped('stdout'), log.dropped('stderr')]).to.deep.equal([4, 1]);
    expect([log.text('stdout', 7), log.text('stderr', 99)]).to.deep.equal(['abcdefg', 'ABC']);
  });

  for (const [from, expected] of [
    [3, ['stdout@3 de', 'stdout@5 fghijklmn', 'stdout@14 dropped 1', 'stdout@15 p']],
    [14, ['stdout@14 dropped 1', 'stdout@15 p']],
    [15, ['stdout@15 p']],
    [16, []],
    [99, []],
  ] as const) {
    it(`goes on at offset ${from}`, async () => {
      const log = make();
      log.append('stdout', Buffer.from('abcde'));
      log.append('stdout', Buffer.from('fghijklmnop'));
      log.end();
      expect(await told(log, from)).to.deep.equal(expected);
    });
  }

  it('keeps nothing of a cap of 0 and tells all of it as dropped', async () => {
    const log = new OutputLog({ capBytes: 0, spoolDir: tmpdir() });
    log.append('stdout', Buffer.from('abc'));
    log.end();
    expect(await told(log)).to.deep.equal(['stdout@0 dropped 3']);
  });

  it('wakes a reader that waits, and fails it when it is closed or aborted', async () => {
    const log = make();
    const waiting = told(log).catch((error: RuntimeError) => error.code);
    log.append('stdout', Buffer.from('x'));
    await Promise.resolve();
    log.close();
    expect(await waiting).to.equal('notFound');
    const stop = new AbortController();
    const aborted = make()
      .events({ stdout: 0, stderr: 0 }, stop.signal)
      .next()
      .catch((error: unknown) => error);
    stop.abort('enough');
    expect(await aborted).to.equal('enough');
  });
});
