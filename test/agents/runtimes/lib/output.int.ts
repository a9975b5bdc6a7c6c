import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import type { AttachEvent } from '../../../../agents/protocol/index.ts';
import { type Bench, collect, makeBench, START, seen } from '../harness.ts';

const MIB = 1024 * 1024;

describe('the output of an execution', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = makeBench();
  });
  afterEach(() => bench.close());

  it('is exact: NULs, escapes, invalid UTF-8 and no last newline', async () => {
    const { bytes, status } = await bench.run(bench.script(`printf '\\0\\033[31m\\xff\\xfe\\r\\n\\x80end'`));
    expect(bytes.stdout).to.deep.equal(Buffer.from('\0\x1b[31m\xff\xfe\r\n\x80end', 'latin1'));
    expect(bench.table.status(status.id).stdout).to.equal('\0\x1b[31m\ufffd\ufffd\r\n\ufffdend');
  });

  it('keeps a line of 10 MB whole', async () => {
    const { bytes } = await bench.run(bench.script(`head -c 10000000 /dev/zero | tr '\\0' x; echo; echo end`));
    expect(bytes.stdout.length).to.equal(10_000_005);
    expect(bytes.stdout.subarray(0, -5).every(byte => byte === 120)).to.equal(true);
    expect(bytes.stdout.subarray(-5).toString()).to.equal('\nend\n');
  });

  it('appears while the program runs', async () => {
    const id = bench.table.execute(bench.script('echo first; until [ -e go ]; do sleep 0.01; done'));
    expect(await seen(bench.table, id, 'first')).to.equal('first\n');
    expect(bench.table.status(id)).to.include({ state: 'running', stdout: 'first\n' });
  });

  it('keeps both streams in the order in which they were read', async () => {
    const { events } = await bench.run(
      bench.script('for i in 1 2 3; do echo o$i; sleep 0.05; echo e$i >&2; sleep 0.05; done'),
    );
    const told = events.flatMap(event => (event.type === 'chunk' ? [Buffer.from(event.data).toString().trim()] : []));
    expect(told).to.deep.equal(['o1', 'e1', 'o2', 'e2', 'o3', 'e3']);
  });

  it('is told again to a late reader, and from any offset on', async () => {
    const { status } = await bench.run(bench.script('echo abcdef; echo ABC >&2; seq 100000; seq 100000 >&2'));
    const whole = await collect(bench.table, status.id);
    for (const offsets of [
      { stdout: 3, stderr: 0 },
      { stdout: 0, stderr: 4 },
      { stdout: 300_001, stderr: 123 },
      { stdout: whole.bytes.stdout.length, stderr: whole.bytes.stderr.length },
      { stdout: 1e9, stderr: 1e9 },
    ]) {
      const rest = await collect(bench.table, status.id, offsets);
      expect(rest.bytes.stdout.equals(whole.bytes.stdout.subarray(offsets.stdout)), 'stdout').to.equal(true);
      expect(rest.bytes.stderr.equals(whole.bytes.stderr.subarray(offsets.stderr)), 'stderr').to.equal(true);
      expect(contiguous(rest.events, offsets)).to.equal(true);
    }
  });

  it('goes to several readers at once', async () => {
    const id = bench.table.execute(bench.script('seq 200000'));
    const all = await Promise.all([1, 2, 3].map(() => collect(bench.table, id)));
    expect(new Set(all.map(({ stdout }) => stdout)).size).to.equal(1);
    expect(all[0]!.stdout.endsWith('\n200000\n')).to.equal(true);
  });

  it('leaves no file behind', async () => {
    const { status } = await bench.run(bench.script('seq 200000'));
    expect(readdirSync(bench.dir).filter(name => name.startsWith('output-'))).to.deep.equal([]);
    await bench.table.forget(status.id);
    const error = await collect(bench.table, status.id).catch((caught: Error) => caught.message);
    expect(error).to.contain('no execution');
  });

  it('goes on into memory when the disk takes no more', async () => {
    await bench.close();
    bench = makeBench({ output: { capBytes: 16 * MIB, spoolDir: '/nonexistent' } });
    const { status, stdout, events } = await bench.run(bench.script('seq 400000; exit 3'));
    expect(status).to.include({ exitCode: 3, state: 'failed' });
    expect(stdout.startsWith('1\n2\n')).to.equal(true);
    expect(stdout.endsWith('\n400000\n')).to.equal(true);
    expect(contiguous(events, START)).to.equal(true);
    expect(status.stdoutDropped).to.be.greaterThan(0);
  });

  it('is capped in a flood of 200 MB: head and tail are kept, the rest is told, memory stays flat', async function () {
    this.timeout(60_000);
    await bench.close();
    bench = makeBench({ capBytes: 16 * MIB });
    let peak = 0;
    const before = process.memoryUsage().rss;
    const id = bench.table.execute(
      bench.script('echo head; echo early >&2; head -c 200000000 /dev/zero; echo late >&2; echo tail'),
    );
    const events: AttachEvent[] = [];
    let bytes = 0;
    for await (const event of bench.table.attach(id, START, new AbortController().signal)) {
      peak = Math.max(peak, process.memoryUsage().rss);
      if (event.type === 'chunk') {
        if (bytes === 0) expect(Buffer.from(event.data).toString()).to.match(/^head\n/);
        bytes += event.data.length;
      }
      events.push(event.type === 'chunk' ? { ...event, data: event.data.slice(-5) } : event);
      if (event.type === 'final') {
        const stdout = events.findLast(e => e.type === 'chunk' && e.stream === 'stdout');
        const stderr = events.findLast(e => e.type === 'chunk' && e.stream === 'stderr');
        expect(stdout?.type === 'chunk' && Buffer.from(stdout.data).toString()).to.equal('tail\n');
        expect(stderr?.type === 'chunk' && Buffer.from(stderr.data).toString()).to.equal('late\n');
        expect(bytes).to.be.at.most(16 * MIB);
        expect(bytes + event.status.stdoutDropped).to.equal(200_000_000 + 'head\ntail\nearly\nlate\n'.length);
        expect(event.status).to.include({ state: 'succeeded', stderrDropped: 0 });
      }
    }
    const gaps = events.filter(event => event.type === 'truncated');
    expect(gaps).to.have.length(1);
    expect(peak - before).to.be.lessThan(100 * MIB);
  });

  it('neither stalls nor grows for a reader that stops reading', async () => {
    const id = bench.table.execute(bench.script('seq 300000; echo end >&2'));
    const slow = bench.table.attach(id, START, new AbortController().signal)[Symbol.asyncIterator]();
    await slow.next();
    const { stderr } = await collect(bench.table, id);
    expect(stderr).to.equal('end\n');
    await slow.return?.(undefined);
  });
});

/** Whether the chunks of each stream follow one another without a gap but those that are told. */
function contiguous(events: readonly AttachEvent[], from: { stdout: number; stderr: number }): boolean {
  const next = { ...from };
  for (const event of events) {
    if (event.type === 'final') continue;
    if (event.offset !== next[event.stream]) return false;
    next[event.stream] += event.type === 'chunk' ? event.data.length : event.dropped;
  }
  return true;
}
