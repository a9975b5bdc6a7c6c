import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { linuxProc } from '../../../../agents/runtimes/lib/process/proc.ts';
import { type Bench, collect, makeBench, seen } from '../harness.ts';

/** Whether process `pid` lives; a zombie, which only waits to be reaped, doesn't. */
function alive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

// Each writes the pid of what it leaves behind to the file `pid`, which a `wait_pid` in the script waits for.
const ESCAPES: Record<string, string> = {
  'a background child that keeps stdout': 'sleep 600 & echo $! >pid',
  'a background child without stdio': 'sleep 600 <&- >&- 2>&- & echo $! >pid',
  'a child in a session of its own': 'setsid sh -c "echo \\$\\$ >pid; exec sleep 600" &',
  'a double fork in a session of its own': '( setsid sh -c "sleep 600 </dev/null >/dev/null 2>&1 & echo \\$! >pid" & )',
  'a child with nohup': 'nohup sleep 600 >/dev/null 2>&1 & echo $! >pid',
  'a child with an empty environment': 'env -i setsid sh -c "echo \\$\\$ >pid; exec sleep 600" &',
  'a child that ignores signals': `setsid sh -c "trap '' TERM INT HUP; echo \\$\\$ >pid; while :; do sleep 1; done" &`,
  'a stopped child': 'sleep 600 & kill -STOP $!; echo $! >pid',
  'a child of another directory with all files closed':
    'setsid bash -c "exec 2>&-; echo \\$\\$ >pid; cd /; exec sleep 600 <&- >&-" &',
};
const WAIT = 'until [ -s pid ]; do sleep 0.01; done';

describe('no process of an execution outlives it', () => {
  let bench: Bench;
  const left = () => Number(readFileSync(join(bench.dir, 'pid'), 'utf8'));

  beforeEach(function () {
    if (!linuxProc()) this.skip();
    bench = makeBench({ graceMs: 300 });
  });
  afterEach(() => bench.close());

  for (const [what, text] of Object.entries(ESCAPES)) {
    it(`${what}, when the main process exits`, async () => {
      const { status, stdout } = await bench.run(bench.script(`${text}\n${WAIT}\necho done; exit 4`));
      expect([stdout, status.exitCode, status.signal]).to.deep.equal(['done\n', 4, '']);
      expect(left()).to.be.greaterThan(1);
      expect(alive(left())).to.equal(false);
    });

    it(`${what}, when it's cancelled`, async () => {
      const id = bench.table.execute(bench.script(`${text}\n${WAIT}\necho started; sleep 600`));
      await seen(bench.table, id, 'started');
      bench.table.cancel(id);
      const { status } = await collect(bench.table, id);
      expect(status).to.include({ state: 'failed', reason: 'Cancelled', signal: 'SIGTERM', exitCode: 143 });
      expect(alive(left())).to.equal(false);
    });
  }

  it('a crowd that forks on and on', async () => {
    // Slowed, so that the machine stays usable: every generation sleeps a little before the next.
    const { status } = await bench.run(
      bench.script(
        `g() { sleep 0.02; setsid bash -c "$(declare -f g); g" & sleep 600; }\n(g) & (g) & sleep 0.3; exit 0`,
      ),
    );
    expect(status.state).to.equal('succeeded');
    expect(bench.marked()).to.deep.equal([]);
  });

  it('a chain of which each member forks and ends at once', async () => {
    // not without end: what gets away must not stay
    const chain = 'walk() { [ "$1" -lt 3000 ] || exit; echo >>trail; walk $(($1 + 1)) & exit; }';
    const { status } = await bench.run(bench.script(`${chain}\nwalk 0 & sleep 0.1; exit 0`));
    expect(status.state).to.equal('succeeded');
    const length = () => readFileSync(join(bench.dir, 'trail')).length;
    const atEnd = length();
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(length()).to.equal(atEnd);
    expect(atEnd).to.be.within(2, 2999);
  });

  it('what a neighbour runs goes on', async () => {
    const neighbour = bench.table.execute(bench.script('echo up; sleep 600 & wait; echo never'));
    await seen(bench.table, neighbour, 'up');
    await bench.run(bench.script('setsid sleep 600 & exit 0'));
    expect(bench.table.status(neighbour).state).to.equal('running');
    expect(bench.marked()).to.have.length(2);
    await bench.table.forget(neighbour);
    expect(bench.marked()).to.deep.equal([]);
  });
});

describe('an execution ends', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = makeBench({ graceMs: 300 });
  });
  afterEach(() => bench.close());

  it('cancelled when it ignores SIGTERM, by SIGKILL', async () => {
    const id = bench.table.execute(bench.script(`trap '' TERM; echo up; while :; do sleep 1; done`));
    await seen(bench.table, id, 'up');
    bench.table.cancel(id);
    bench.table.cancel(id);
    const { status } = await collect(bench.table, id);
    expect(status).to.include({ state: 'failed', reason: 'Cancelled', signal: 'SIGKILL', exitCode: 137 });
  });

  it('cancelled when it is stopped', async () => {
    const id = bench.table.execute(bench.script('echo up; kill -STOP $$'));
    await seen(bench.table, id, 'up');
    bench.table.cancel(id);
    expect((await collect(bench.table, id)).status).to.include({ reason: 'Cancelled', signal: 'SIGTERM' });
  });

  it('cancelled with the output and the exit code of its own handler', async () => {
    const id = bench.table.execute(bench.script('trap "echo bye; exit 7" TERM; echo up; sleep 600 & wait'));
    await seen(bench.table, id, 'up');
    bench.table.cancel(id);
    const { status, stdout } = await collect(bench.table, id);
    expect(stdout).to.equal('up\nbye\n');
    expect(status).to.include({ state: 'failed', reason: 'Cancelled', signal: '', exitCode: 7 });
  });

  it('cancelled with time for a child that cleans up after the main process', async () => {
    bench = await reopened(bench, 20_000);
    const child = 'trap "sleep 0.1; echo cleaned >cleaned; exit" TERM; echo up; while :; do sleep 0.01; done';
    const id = bench.table.execute(bench.script(`bash -c '${child}' & wait`));
    await seen(bench.table, id, 'up');
    bench.table.cancel(id);
    expect((await collect(bench.table, id)).status.signal).to.equal('SIGTERM');
    expect(readFileSync(join(bench.dir, 'cleaned'), 'utf8')).to.equal('cleaned\n');
  });

  it('cancelled before it starts, without starting', async () => {
    const request = bench.script('echo ran >ran');
    const id = bench.table.execute(request);
    bench.table.cancel(id);
    const { status, stdout } = await collect(bench.table, id);
    expect([stdout, status.startedAt]).to.deep.equal(['', 0]);
    expect(status).to.include({ state: 'failed', reason: 'Cancelled' });
  });

  it('at its timeout', async () => {
    const { status } = await bench.run(bench.script('echo up; sleep 600', { timeoutSeconds: 1 }));
    expect(status).to.include({ state: 'failed', reason: 'Timeout', signal: 'SIGTERM', exitCode: 143 });
  });

  it('unharmed by a cancel that comes too late', async () => {
    const { status } = await bench.run(bench.script('true'));
    bench.table.cancel(status.id);
    expect(bench.table.status(status.id)).to.include({ state: 'succeeded', reason: '' });
  });

  it('with what a tee that the script wrote through still had to say', async () => {
    const { stdout } = await bench.run(bench.script('exec > >(sleep 0.05; tee log) 2>&1; echo through; exit 0'));
    expect(stdout).to.equal('through\n');
  });

  it('killed at once when it is forgotten', async () => {
    const id = bench.table.execute(bench.script(`trap '' TERM; echo up; while :; do sleep 1; done`));
    await seen(bench.table, id, 'up');
    await bench.table.forget(id);
    expect(bench.table.list()).to.deep.equal([]);
    await bench.table.forget(id);
  });

  it('by itself while the server shuts down, which takes no new one', async () => {
    const id = bench.table.execute(bench.script('echo up; until [ -e go ]; do sleep 0.01; done; exit 5'));
    await seen(bench.table, id, 'up');
    const down = bench.table.shutdown(60_000);
    expect(bench.table.health()).to.deep.equal({ healthy: false, message: 'shutting down' });
    expect(() => bench.table.execute(bench.script('true'))).to.throw('shutting down');
    writeFileSync(join(bench.dir, 'go'), '');
    await down;
    expect(bench.table.status(id)).to.include({ exitCode: 5, reason: '' });
  });

  it('for the shutdown when it does not by itself', async () => {
    const id = bench.table.execute(bench.script('echo up; sleep 600'));
    await seen(bench.table, id, 'up');
    await bench.table.shutdown(0);
    expect(bench.table.status(id)).to.include({ state: 'failed', reason: 'RuntimeCrashed', signal: 'SIGTERM' });
  });
});

async function reopened(bench: Bench, graceMs: number): Promise<Bench> {
  await bench.close();
  return makeBench({ graceMs });
}
