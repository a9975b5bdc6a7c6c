import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../../../agents/lib/clock.ts';
import {
  type ContainerProcess,
  type ProcessSpec,
  startProcess,
} from '../../../../../agents/local/node/process/container-process.ts';
import { makeMark } from '../../../../../agents/local/node/process/mark.ts';
import { identityOf, markedProcesses } from '../../../../../agents/local/node/process/proc.ts';
import { sweep } from '../../../../../agents/local/node/process/sweep.ts';

describe('the process of a container', () => {
  let dir: string;
  let started: { process: ContainerProcess; mark: number }[];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-process-'));
    started = [];
  });
  afterEach(async () => {
    const marks = started.map(({ mark }) => ({ mark }));
    expect(await sweep(marks, systemClock)).to.equal(0);
    rmSync(dir, { recursive: true });
  });

  /** Starts a shell on `script`, in the directory of the test. */
  function start(script: string, more: Partial<ProcessSpec> = {}) {
    const mark = makeMark();
    const spec = {
      argv: ['/bin/sh', '-c', script],
      env: { PATH: process.env['PATH']! },
      cwd: dir,
      mark,
      lifeline: false,
    };
    const output = { stdout: '', stderr: '' };
    const child = startProcess({ ...spec, ...more }, systemClock, (stream, chunk) => {
      output[stream] += chunk;
    });
    started.push({ process: child, mark });
    const shows = async (text: string) => {
      while (!output.stdout.includes(text)) await systemClock.sleep(5);
    };
    return { ...child, mark, output, shows, left: () => markedProcesses(new Set([mark])) };
  }

  it('gives its output and exit code, and inherits nothing', async () => {
    const { ended, output, left } = start('echo "$0|$PWD|$A"; echo oops >&2; exit 3', { env: { A: 'a b' } });
    expect(await ended).to.deep.equal({ code: 3 });
    expect(output).to.deep.equal({ stdout: `/bin/sh|${dir}|a b\n`, stderr: 'oops\n' });
    expect(left()).to.deep.equal([]);
    const env = start('env', { env: { ONE: '1' } });
    await env.ended;
    expect(env.output.stdout.split('\n').filter(line => !/^(PWD|OLDPWD|SHLVL|_|)(=|$)/.test(line))).to.deep.equal([
      'ONE=1',
    ]);
  });

  it('tells the signal that ended it', async () => {
    expect(await start('kill -KILL $$').ended).to.deep.equal({ signal: 'SIGKILL' });
  });

  it('takes all output, however much', async () => {
    const { ended, output } = start('i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done');
    await ended;
    expect(output.stdout.split('\n')).to.have.length(20_001);
    expect(output.stdout.endsWith('line 19999\n')).to.equal(true);
  });

  it('has an empty stdin, or one that is open as long as the node lives', async () => {
    expect(await start('cat; exit 4').ended).to.deep.equal({ code: 4 });
    const open = start('echo up; cat; echo over', { lifeline: true });
    await open.shows('up');
    open.terminate();
    expect(await open.ended).to.deep.equal({ signal: 'SIGTERM' });
    expect(open.output.stdout).to.equal('up\n');
  });

  it('leads a session of its own, which a terminal of the node does not reach', async () => {
    const { ended, output, pid } = start('cut -d" " -f1,5,6 /proc/$$/stat');
    await ended;
    expect(output.stdout).to.equal(`${pid} ${pid} ${pid}\n`);
  });

  for (const [title, spec, message] of [
    ['a directory that is gone', { cwd: '/krt/none' }, /ENOENT/],
    ['an environment that is too large', { env: { A: 'x'.repeat(200_000) } }, /E2BIG/],
    ['a NUL in its environment', { env: { A: 'a\0b' } }, /null bytes/],
    ['a NUL in its words', { argv: ['echo', 'a\0b'] }, /null bytes/],
  ] as const) {
    it(`has never started with ${title}, and says so`, async () => {
      const child = start('', spec);
      const { failure, ...rest } = await child.ended;
      expect(failure).to.match(message);
      expect(rest).to.deep.equal({});
      expect([child.pid, await child.identity]).to.deep.equal([undefined, undefined]);
      child.terminate();
      child.kill();
    });
  }

  it('ends as a shell does where its program is not there', async () => {
    const { ended, output } = start('', { argv: ['/krt/none', 'x'] });
    expect(await ended).to.deep.equal({ code: 127 });
    expect(output.stderr).to.match(/\/krt\/none: not found/);
  });

  describe('and what it leaves behind', () => {
    const ESCAPES = {
      'in the background': 'sleep 600 &',
      'in a session of its own': 'setsid sh -c "touch there; exec sleep 600" & until test -e there; do :; done',
      'after a double fork, without an environment':
        '(env -i setsid sh -c "touch there; sleep 600 <&- >&- 2>&- &" &); until test -e there; do :; done',
      'that ignores signals and keeps stdout': `setsid sh -c "trap '' TERM HUP INT; touch there; while :; do sleep 1; done" & until test -e there; do :; done`,
    };
    for (const [title, script] of Object.entries(ESCAPES)) {
      it(`${title} ends with it`, async () => {
        const { ended, left } = start(`${script}\nexit 5`);
        expect(await ended).to.deep.equal({ code: 5 });
        expect(left()).to.deep.equal([]);
      });
    }

    it('ends when it is killed', async () => {
      const { ended, left, kill, shows } = start(
        `${ESCAPES['in a session of its own']}; trap '' TERM; sleep 600 & echo up; wait`,
      );
      await shows('up');
      expect(left().length).to.be.at.least(3);
      kill();
      expect(await ended).to.deep.equal({ signal: 'SIGKILL' });
      expect(left()).to.deep.equal([]);
    });
  });

  it('is asked to end with its whole group', async () => {
    const script = `(trap 'echo child >child; exit' TERM; touch there; while :; do sleep 0.01; done) & until test -e there; do :; done
      trap 'wait; echo ended; exit 0' TERM; echo up; while :; do sleep 0.01; done`;
    const child = start(script);
    await child.shows('up');
    child.terminate();
    expect(await child.ended).to.deep.equal({ code: 0 });
    expect(child.output.stdout).to.equal('up\nended\n');
    expect(readFileSync(join(dir, 'child'), 'utf8')).to.equal('child\n');
  });

  describe('across daemons', () => {
    it('is known by its identity while it lives', async () => {
      const child = start('sleep 600');
      expect(await child.identity).to.match(/^[0-9a-f-]{36}\/\d+$/);
      expect(await identityOf(child.pid!)).to.equal(await child.identity);
      child.kill();
      await child.ended;
      expect(await identityOf(child.pid!)).to.equal(undefined);
    });

    it('is swept with all that it has started', async () => {
      const child = start(
        'setsid sh -c "touch there; exec sleep 600" & sleep 600 & until test -e there; do :; done; echo up; wait',
      );
      await child.shows('up');
      expect(await sweep([{ mark: child.mark, pid: child.pid, identity: await child.identity }], systemClock)).to.equal(
        0,
      );
      expect(child.left()).to.deep.equal([]);
      expect(await child.ended).to.deep.equal({ signal: 'SIGKILL' });
    });

    it('is swept by its group alone where it bears no mark', async () => {
      const child = start('sleep 600 & touch there; wait');
      while (!existsSync(join(dir, 'there'))) await systemClock.sleep(5);
      const unmarked = { mark: makeMark(), pid: child.pid };
      await sweep([{ ...unmarked, identity: 'an earlier process of that id' }], systemClock);
      expect(child.left(), 'another process is left alone').to.have.length(2);
      await sweep([{ ...unmarked, identity: await child.identity }], systemClock);
      expect(await child.ended).to.deep.equal({ signal: 'SIGKILL' });
    });

    it('costs nothing where nothing is left', async () => {
      expect(await sweep([], systemClock)).to.equal(0);
      expect(await sweep([{ mark: makeMark(), pid: 2 ** 22 + 5, identity: 'x' }], systemClock)).to.equal(0);
    });
  });
});
