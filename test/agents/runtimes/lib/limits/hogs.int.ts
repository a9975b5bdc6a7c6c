import { expect } from 'chai';
import { systemClock } from '../../../../../agents/lib/clock.ts';
import { processUsage } from '../../../../../agents/runtimes/lib/limits/process-usage.ts';
import { Watchdog } from '../../../../../agents/runtimes/lib/limits/watchdog.ts';
import { linuxProc } from '../../../../../agents/runtimes/lib/process/proc.ts';
import { type Bench, makeBench } from '../../harness.ts';

const MIB = 1024 * 1024;
const limits = { memory: 96 * MIB, processes: 40, disk: 8 * MIB };

const HOGS: [title: string, script: string, reason: string, message: RegExp][] = [
  [
    'a storm of processes',
    's() { [ "$1" -gt 0 ] || exec sleep 600; s $(($1 - 1)) & s $(($1 - 1)) & wait; }; s 6',
    'ProcessesExceeded',
    /^more than 40 processes and threads at once$/,
  ],
  [
    'memory in many processes',
    "f() { x=$(head -c 30M /dev/zero | tr '\\0' x); sleep 600; }; for i in 1 2 3 4; do f & done; wait",
    'OutOfMemory',
    /^it used .*Mi of memory; 96Mi are allowed$/,
  ],
  ['one large file', 'head -c 20M /dev/zero >big', 'DiskExceeded', /larger than it may be/],
  [
    'files that are large together',
    'for i in 1 2 3; do head -c 4M /dev/zero >$i; done; sleep 600',
    'DiskExceeded',
    /take more than the 8Mi/,
  ],
];

describe('an execution with limits', function () {
  this.timeout(30_000);
  let bench: Bench;
  beforeEach(() => {
    const proc = linuxProc()!;
    const watchdog = new Watchdog({
      limits,
      proc,
      usage: processUsage,
      container: () => ({}),
      clock: systemClock,
    });
    bench = makeBench({ limits, watchdog });
  });
  afterEach(() => bench.close());

  for (const [title, script, reason, message] of HOGS) {
    it(`is ended for ${title}, all of it`, async () => {
      const { status } = await bench.run(bench.script(script));
      expect(status).to.include({ state: 'failed', reason });
      expect(status.errorMessage).to.match(message);
      expect(bench.marked()).to.deep.equal([]);
    });
  }

  it('is refused more memory in one process by the kernel', async () => {
    const { status, stderr } = await bench.run(bench.script('x=x; while :; do x=$x$x; done'));
    expect(status.state).to.equal('failed');
    expect(stderr).to.match(/cannot allocate|memory/);
  });

  it('goes on as before within them, and so does one beside a hog', async () => {
    const beside = bench.run(bench.script('sleep 1; echo well'));
    const hog = await bench.run(bench.script(HOGS[0]![1]));
    expect(hog.status.reason).to.equal('ProcessesExceeded');
    expect((await beside).stdout).to.equal('well\n');
    expect((await bench.run(bench.script('head -c 4M /dev/zero >ok; rm ok; echo well'))).stdout).to.equal('well\n');
  });
});
