import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../../agents/lib/clock.ts';
import { linuxProc } from '../../../../agents/runtimes/lib/process/proc.ts';
import { bashSpares } from '../../../../agents/runtimes/lib/process/spare-kind.ts';
import { type Bench, makeBench, PATH } from '../harness.ts';

/** Every name that the manual of bash gives a meaning, in one request each; the values are wrong for most of them. */
const NAMES_OF_BASH = `BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND
BASH_COMPAT BASH_ENV BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_REMATCH BASH_SOURCE BASH_SUBSHELL
BASH_VERSINFO BASH_VERSION BASH_XTRACEFD CDPATH CHILD_MAX COLUMNS COMPREPLY COMP_CWORD COMP_KEY COMP_LINE COMP_POINT
COMP_TYPE COMP_WORDBREAKS COMP_WORDS COPROC DIRSTACK EMACS ENV EPOCHREALTIME EPOCHSECONDS EUID EXECIGNORE FCEDIT FIGNORE
FUNCNAME FUNCNEST GLOBIGNORE GLOBSORT GROUPS HISTCMD HISTCONTROL HISTFILE HISTFILESIZE HISTIGNORE HISTSIZE HISTTIMEFORMAT
HOME HOSTFILE HOSTNAME HOSTTYPE IFS IGNOREEOF INPUTRC INSIDE_EMACS LANG LC_ALL LC_COLLATE LC_CTYPE LC_MESSAGES LC_NUMERIC
LC_TIME LINENO LINES MACHTYPE MAIL MAILCHECK MAILPATH MAPFILE OLDPWD OPTARG OPTERR OPTIND OSTYPE PATH PIPESTATUS
POSIXLY_CORRECT PPID PROMPT_COMMAND PROMPT_DIRTRIM PS0 PS1 PS2 PS3 PS4 PWD RANDOM READLINE_ARGUMENT READLINE_LINE
READLINE_MARK READLINE_POINT REPLY SECONDS SHELL SHELLOPTS SHLVL SRANDOM TERM TEXTDOMAIN TEXTDOMAINDIR TIMEFORMAT TMOUT
TMPDIR TZ UID _ _krt auto_resume histchars`.split(/\s+/);
/** What changes from one start to the next is of no interest. */
const CHANGING = /^(LINENO|EPOCHSECONDS|EPOCHREALTIME|BASHPID|SRANDOM|RANDOM)$/;

describe('a spare', () => {
  let bench: Bench;
  beforeEach(function () {
    if (!linuxProc()) this.skip();
    bench = makeBench({ spareCount: 1 });
  });
  afterEach(() => bench?.close());

  /** Resolves with the id of the one spare once it carries its mark. */
  async function waiting(): Promise<number> {
    await bench.fill();
    while (bench.marked().length === 0) await systemClock.sleep(5);
    const [spare, ...others] = bench.marked();
    expect(others).to.deep.equal([]);
    return spare!;
  }

  it('becomes the program of one request, and is replaced after it', async () => {
    const seen: string[] = [];
    for (let i = 0; i < 3; i++) {
      const spare = await waiting();
      const mark = linuxProc()!.lockLimit(spare);
      const { stdout, stderr } = await bench.run(bench.script('echo $$; ulimit -Hx; ulimit -Hx >&2'));
      expect([stdout, stderr]).to.deep.equal([`${spare}\n${mark}\n`, `${mark}\n`]);
      seen.push(mark!);
    }
    expect(new Set(seen).size).to.equal(3);
  });

  it('knows nothing of the server, and holds nothing of it open but its own channel', async () => {
    const spare = await waiting();
    expect(readFileSync(`/proc/${spare}/environ`, 'latin1')).to.equal('');
    // until it has prepared itself
    while (readdirSync(`/proc/${spare}/fd`).some(fd => Number(fd) > 3)) await systemClock.sleep(5);
    expect(readdirSync(`/proc/${spare}/fd`).sort()).to.deep.equal(['0', '1', '2', '3']);
    expect(readFileSync(`/proc/${spare}/cmdline`, 'latin1').split('\0').at(-3)).to.match(/^\d{18}$/);
  });

  it('passes every byte of args, names and values on', async () => {
    const ascii = Array.from({ length: 127 }, (_, i) => String.fromCharCode(i + 1)).join('');
    const words = [ascii, "'", "''\\''", 'ä€😀', '\x01\x7f\x01', '$(echo x)`y`!', '\\', '', ' \n', '-n'];
    await waiting();
    expect((await bench.run(bench.command('printf', '%s\\0', ...words))).stdout).to.equal(
      words.map(word => `${word}\0`).join(''),
    );
    await waiting();
    const env = { A: ascii, B: "'", _C: '\n', d: '' };
    const { stdout, stderr } = await bench.run({ ...bench.command('env', '-0'), env });
    const shown = [`A=${ascii}`, "B='", '_C=\n', 'd=', 'LANG=C.UTF-8', `PATH=${PATH}`, ''];
    expect([stdout.split('\0').sort(), stderr]).to.deep.equal([shown.sort(), '']);
  });

  it('gives a program the environment that it has without spares, whatever the names mean to bash', async function () {
    this.timeout(120_000);
    const plain = makeBench();
    try {
      for (const name of NAMES_OF_BASH) {
        const environment = async (on: Bench) => {
          const { stdout } = await on.run({ ...on.command('env', '-0'), env: { [name]: '5x', Z: 'last' } });
          return stdout
            .split('\0')
            .filter(line => !CHANGING.test(line.split('=')[0]!))
            .sort();
        };
        await bench.fill();
        expect(await environment(bench), name).to.deep.equal(await environment(plain));
      }
    } finally {
      await plain.close();
    }
  });

  it('gives way to a start anew for what is long, whose every byte arrives', async () => {
    const spare = await waiting();
    const long = 'x'.repeat(100_000);
    expect((await bench.run(bench.command('printf', '%s', long))).stdout).to.equal(long);
    expect(bench.marked()).to.deep.equal([spare]);
  });

  for (const [what, before] of [
    ['was killed', (pid: number) => process.kill(pid, 'SIGKILL')],
    ['was stopped', (pid: number) => process.kill(pid, 'SIGSTOP')],
    ['had output put into its pipes', (pid: number) => writeFileSync(`/proc/${pid}/fd/1`, 'not of the program\n')],
  ] as const) {
    it(`that ${what} is not used: the program starts once all the same`, async function () {
      this.timeout(30_000);
      await bench.close();
      bench = makeBench({ spareCount: 1, spareKind: { ...bashSpares, longestBeginMs: 500 } });
      const spare = await waiting();
      before(spare);
      const { stdout, status } = await bench.run(bench.script('echo "$$" >>ran; echo hello; exit 3'));
      expect([stdout, status.exitCode, status.reason]).to.deep.equal(['hello\n', 3, '']);
      const ran = readFileSync(join(bench.dir, 'ran'), 'utf8').trim().split('\n');
      expect(ran).to.have.length(1);
      expect(ran).not.to.include(String(spare));
      expect(await waiting()).not.to.equal(spare);
    });
  }

  it('starts a program once that has ended before anybody had the time to look', async function () {
    this.timeout(60_000);
    await bench.close();
    bench = makeBench({ spareCount: 8 });
    // what has happened meanwhile is then told in any order: that it began, that it ended
    const hog = setInterval(() => {
      const end = performance.now() + 15;
      while (performance.now() < end);
    }, 1);
    try {
      for (let i = 0; i < 10; i++) {
        await bench.fill();
        await Promise.all(Array.from({ length: 8 }, () => bench.run(bench.script('echo >>ran'))));
      }
    } finally {
      clearInterval(hog);
    }
    expect(readFileSync(join(bench.dir, 'ran'), 'utf8').length).to.equal(80);
  });

  it('whose working directory is gone starts nothing', async () => {
    await waiting();
    const { status } = await bench.run({ ...bench.command('true'), workingDir: join(bench.dir, 'gone') });
    expect(status).to.include({ reason: 'RuntimeRejected', exitCode: 126 });
  });

  it('waits beside programs that run, and is ended with the server', async () => {
    const id = bench.table.execute(bench.script('until [ -e go ]; do sleep 0.01; done; echo gone >done'));
    while (bench.table.status(id).state !== 'running') await systemClock.sleep(5);
    await bench.fill();
    const down = bench.table.shutdown(60_000);
    while (bench.marked().length > 2) await systemClock.sleep(5); // the program and a sleep of it
    writeFileSync(join(bench.dir, 'go'), '');
    await down;
    expect(existsSync(join(bench.dir, 'done'))).to.equal(true);
    await bench.fill();
    expect(bench.marked()).to.deep.equal([]);
  });
});
