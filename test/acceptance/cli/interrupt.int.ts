import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect } from 'chai';
import { start } from '../harness/cli.ts';
import { pidsWith } from '../harness/processes.ts';
import { KRT_BIN } from '../harness/settings.ts';
import { sh, useWorld } from '../harness/world.ts';

const hasScript = (() => {
  try {
    execFileSync('script', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not util-linux's: the tests that need a terminal say so
  }
})();

describe('krt and interrupts', () => {
  const world = useWorld('interrupt');
  const running = (name: string, ...flags: string[]) =>
    world.startKrt(['run', '-r', 'bash', '--name', name, ...flags, '-c', 'echo up; sleep 600']);

  it('detaches on Ctrl-C while the program runs, and tells how to follow or cancel it', async () => {
    const krt = running('on-running');
    await krt.shows('up\n');
    krt.child.kill('SIGINT');
    const { code, stderr } = await krt.done;
    expect(code).to.equal(130);
    expect(stderr).to.include('krt logs -f on-running').and.include('krt cancel on-running');
    expect(world.runs.get('on-running')?.spec.cancelRequested ?? false).to.equal(false);
    await world.cancel('on-running');
  });

  it('detaches on Ctrl-C while the Run waits for a slot', async () => {
    await world.addRuntime('empty', { replicas: 0 });
    const krt = world.startKrt(['run', '-r', 'empty', '--name', 'on-pending', '-c', 'true']);
    await world.reaches('on-pending', 'Pending');
    krt.child.kill('SIGINT');
    expect((await krt.done).code).to.equal(130);
    expect(world.runs.get('on-pending')?.status?.phase).to.equal('Pending');
  });

  it('detaches on SIGTERM too', async () => {
    const krt = running('on-term');
    await krt.shows('up\n');
    krt.child.kill('SIGTERM');
    expect((await krt.done).code).to.be.oneOf([130, 143]);
    await world.cancel('on-term');
  });

  it('cancels on Ctrl-C where that is asked for, and waits for the end', async () => {
    const krt = running('on-cancel', '--cancel-on-interrupt');
    await krt.shows('up\n');
    krt.child.kill('SIGINT');
    expect((await krt.done).code).to.be.oneOf([125, 130]);
    expect((await world.ended('on-cancel')).status?.phase).to.equal('Cancelled');
  });

  for (const command of ['wait', 'logs'] as const) {
    it(`lets ${command} end on Ctrl-C and the Run go on`, async () => {
      const name = await world.submit(sh('echo up; sleep 600'));
      await world.reaches(name, 'Running');
      const krt = world.startKrt(command === 'logs' ? ['logs', '-f', name] : ['wait', name]);
      await (command === 'logs' ? krt.shows('up\n') : untilConnected(krt.child.pid!));
      krt.child.kill('SIGINT');
      expect((await krt.done).code).to.equal(130);
      expect(world.runs.get(name)?.status?.phase).to.equal('Running');
      await world.cancel(name);
    });
  }

  it('ends on Ctrl-C while it waits for a program on stdin', async () => {
    const krt = world.startKrt(['run', '-r', 'bash', '-f', '-'], { stdin: 'open' });
    await untilItCatches(krt.child.pid!);
    krt.child.kill('SIGINT');
    expect((await krt.done).code).to.equal(130);
  });

  it('ends quietly when the reader of its output goes away', async () => {
    const script = 'for i in $(seq 100000); do echo "line $i"; done';
    const krt = `"${process.execPath}" "${KRT_BIN}" run -r bash -c '${script}'`;
    const { code, stdout, stderr } = await start('bash', ['-c', `${krt} | head -1; echo "krt: \${PIPESTATUS[0]}"`], {
      env: world.env,
    }).done;
    expect([code, stdout]).to.deep.equal([0, 'line 1\nkrt: 141\n']);
    expect(stderr).to.not.match(/EPIPE|^\s+at /m);
  });

  it('works with stdin closed, and with it open and silent', async () => {
    const args = `run -r bash -c 'echo ok'`;
    const closed = await start('bash', ['-c', `"${process.execPath}" "${KRT_BIN}" ${args} <&-`], { env: world.env })
      .done;
    expect([closed.code, closed.stdout], closed.stderr).to.deep.equal([0, 'ok\n']);
    const open = await world.krt(['run', '-r', 'bash', '-c', 'echo ok'], { stdin: 'open' });
    expect([open.code, open.stdout]).to.deep.equal([0, 'ok\n']);
  });

  describe('on a terminal', () => {
    before(function () {
      if (!hasScript) {
        // biome-ignore lint/suspicious/noConsole: a skip says why
        console.log('      skipped: there is no script(1) of util-linux here, which makes a terminal');
        this.skip();
      }
    });

    const onTerminal = (command: string, env: NodeJS.ProcessEnv = {}, setSize = 'stty cols 80;') => {
      const krt = `${setSize} exec "${process.execPath}" "${KRT_BIN}" ${command}`;
      return start('script', ['-qefc', krt, '/dev/null'], {
        env: { ...world.env, SHELL: '/bin/sh', TERM: 'xterm-256color', COLUMNS: undefined, ...env },
        stdin: 'open',
      });
    };

    it('detaches when Ctrl-C is typed', async () => {
      const krt = onTerminal(`run -r bash --name typed -c 'echo up; sleep 600'`);
      await krt.shows('up');
      krt.child.stdin!.write('\u0003');
      const { code, stdout } = await krt.done;
      expect(code).to.equal(130);
      expect(stdout).to.include('krt logs -f typed');
      expect(world.runs.get('typed')?.spec.cancelRequested ?? false).to.equal(false);
      await world.cancel('typed');
    });

    it('ends when its terminal goes away, and the Run goes on', async () => {
      const krt = onTerminal(`run -r bash --name hung-up -c 'echo up; sleep 600'`);
      await krt.shows('up');
      krt.child.kill('SIGKILL'); // the one who holds the other end of the terminal
      await krt.done;
      await untilNoKrt('hung-up');
      expect(world.runs.get('hung-up')?.status?.phase).to.be.oneOf(['Scheduled', 'Running']);
      await world.cancel('hung-up');
    });

    it('says why a Run waits, in one line that goes away', async () => {
      await world.addRuntime('shut', { replicas: 0 });
      const krt = onTerminal(`run -r shut --name waits -c 'echo at last'`, { NO_COLOR: '1' });
      await krt.shows(/Pending, \d+s: the Runtime has 0 replicas/);
      await world.clients.runtimes.patch('shut', world.namespace, { spec: { replicas: 1 } });
      const { code, stdout } = await krt.done;
      expect(code).to.equal(0);
      expect(stdout).to.match(/\u001b\[\d*K(\u001b\[\?25h)?at last\r\n/);
    });

    it('draws nothing where the terminal does not know its width', async () => {
      await world.addRuntime('closed', { replicas: 0 });
      const krt = onTerminal(`run -r closed --name narrow -c true`, {}, '');
      await world.runs.until('the reason of narrow', () => world.runs.get('narrow')?.status?.conditions?.length);
      await world.cancel('narrow');
      const { code, stdout } = await krt.done;
      expect(code).to.equal(125);
      expect(stdout).to.not.include('\u001b');
    });

    it('shows colour there, and none with NO_COLOR', async () => {
      const name = await world.submit(sh('exit 1'));
      await world.ended(name);
      const sgr = /\u001b\[[0-9;]*m/;
      expect((await onTerminal('list').done).stdout).to.match(sgr);
      expect((await onTerminal('list', { NO_COLOR: '1' }).done).stdout).to.not.match(sgr);
      expect((await world.krt(['list'])).stdout).to.not.match(sgr);
    });

    it('never lets control characters of a program reach it', async () => {
      const attack = String.raw`printf '\033]0;owned\007\033[2Jtext\n'`;
      const { code, stdout } = await onTerminal(`run -r bash -c "${attack.replaceAll('\\', '\\\\')}"`).done;
      expect(code).to.equal(0);
      expect(stdout).to.include('text');
      expect(stdout).to.not.include('\u001b]0;owned').and.not.include('\u001b[2J');
    });

    it('keeps tables whole at 40 columns', async () => {
      const name = await world.submit(sh('true'), 'a-name-that-is-quite-long-for-forty-columns');
      await world.ended(name);
      const { code, stdout } = await onTerminal('list', { COLUMNS: '40' }).done;
      expect(code).to.equal(0);
      expect(stdout).to.include(name);
    });
  });
});

/** Resolves once the process has its handlers of signals; SIGHUP tells, as Node itself catches the others. */
async function untilItCatches(pid: number): Promise<void> {
  for (;;) {
    const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    if (BigInt(`0x${mask}`) & 1n) return;
    await new Promise(resolve => setImmediate(resolve));
  }
}

/** Resolves once no krt has `word` in its command line; the program of that Run has it in its environment. */
async function untilNoKrt(word: string): Promise<void> {
  while (pidsWith(word, /bin\/run\.js /).length > 0) await new Promise(resolve => setTimeout(resolve, 50));
}

/** Resolves once the process has a connection: it is past its start, where signals have their default effect. */
async function untilConnected(pid: number): Promise<void> {
  for (;;) {
    // the pipes to us are sockets too
    const fds = readdirSync(`/proc/${pid}/fd`).filter(fd => Number(fd) > 2);
    const sockets = fds.filter(fd => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:');
      } catch {
        return false; // closed meanwhile
      }
    });
    if (sockets.length > 0) return;
    await new Promise(resolve => setImmediate(resolve));
  }
}
