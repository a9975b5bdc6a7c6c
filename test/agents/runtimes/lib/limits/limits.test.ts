import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { containerUsage } from '../../../../../agents/runtimes/lib/limits/container-usage.ts';
import { diskUsage } from '../../../../../agents/runtimes/lib/limits/disk-usage.ts';
import { parseOwnBytes, parseThreads } from '../../../../../agents/runtimes/lib/limits/process-usage.ts';
import { inBytes, parseLimits, ulimits } from '../../../../../agents/runtimes/lib/limits/run-limits.ts';

describe('the limits of an execution', () => {
  it('are read from JSON, and there are none where nothing is said', () => {
    expect(parseLimits(undefined)).to.equal(undefined);
    expect(parseLimits('{"processes":7,"disk":8}')).to.deep.equal({ processes: 7, disk: 8 });
    expect(parseLimits('{"memory":6,"processes":7,"disk":8}')).to.deep.equal({ memory: 6, processes: 7, disk: 8 });
  });

  for (const text of [
    '{',
    '{}',
    '{"processes":0,"disk":1}',
    '{"processes":1,"disk":"x"}',
    '{"memory":null,"processes":1,"disk":1}',
  ]) {
    it(`are refused as ${text}`, () => expect(() => parseLimits(text)).to.throw());
  }

  it('become what the kernel itself refuses: processes only where the user is the execution’s own', () => {
    const limits = { memory: 64 * 1024 * 1024, processes: 5, disk: 10 * 1024 };
    expect(ulimits(limits, true)).to.equal('ulimit -f 10; ulimit -d 65536; ulimit -u 5;');
    expect(ulimits(limits, false)).to.not.include('-u');
    expect(ulimits({ processes: 5, disk: 1 }, false).trim()).to.equal('ulimit -f 1;');
    expect(ulimits(undefined, true)).to.equal('');
  });

  for (const [bytes, text] of [
    [0, '0'],
    [1023, '1023'],
    [256 * 1024 * 1024, '256Mi'],
    [1.5 * 1024 ** 3, '1.5Gi'],
    [5000 * 1024 ** 4, '5000Ti'],
  ] as const) {
    it(`are told as ${text}`, () => expect(inBytes(bytes)).to.equal(text));
  }
});

describe('what an execution uses', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-limits-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is read from /proc, whatever a process calls itself', () => {
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    expect(parseThreads(`7 (a) b (\n) S ${numbers.slice(1).join(' ')}\n`)).to.equal(17);
    expect(parseOwnBytes('1000 300 100 1 0 50 0\n')).to.equal(200 * 4096);
    expect(parseOwnBytes('')).to.equal(0);
  });

  it('is on disk the blocks of its files, and something for each of many empty ones', async () => {
    mkdirSync(join(dir, 'a'));
    writeFileSync(join(dir, 'a', 'file'), Buffer.alloc(100_000));
    for (let i = 0; i < 10; i++) writeFileSync(join(dir, `empty-${i}`), '');
    expect(await diskUsage(dir, Number.MAX_SAFE_INTEGER)).to.be.within(100_000 + 11 * 4096, 200_000);
    expect(await diskUsage(join(dir, 'none'), 1)).to.equal(0);
  });

  it('is counted no further than it takes to know', async () => {
    for (let i = 0; i < 100; i++) writeFileSync(join(dir, `empty-${i}`), '');
    expect(await diskUsage(dir, 10_000)).to.be.below(20_000);
  });

  describe('is told by the container’s control group; of its memory, what no cache gives back', () => {
    const write = (files: Record<string, string>) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, name)), { recursive: true });
        writeFileSync(join(dir, name), text);
      }
    };

    it('of version 2', () => {
      write({ 'memory.max': 'max\n', 'memory.current': '5\n', 'memory.stat': '', 'pids.current': '7\n' });
      expect(containerUsage(dir)).to.deep.equal({ processes: 7 });
      write({ 'memory.max': '1000\n', 'memory.current': '900\n', 'memory.stat': 'anon 1\ninactive_file 300\n' });
      expect(containerUsage(dir)).to.deep.equal({ memory: { used: 600, limit: 1000 }, processes: 7 });
    });

    it('of version 1', () => {
      write({ 'memory/memory.limit_in_bytes': '9223372036854771712\n', 'pids/pids.current': '7\n' });
      expect(containerUsage(dir)).to.deep.equal({ processes: 7 });
      const stat = 'inactive_file 1\ntotal_inactive_file 300\n';
      const [limit, used] = ['1000\n', '900\n'];
      write({
        'memory/memory.limit_in_bytes': limit,
        'memory/memory.usage_in_bytes': used,
        'memory/memory.stat': stat,
      });
      expect(containerUsage(dir)).to.deep.equal({ memory: { used: 600, limit: 1000 }, processes: 7 });
    });

    it('unless there is none', () => expect(containerUsage(dir)).to.deep.equal({}));
  });
});
