import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Ending, endedEarly, neverStarted, outcomeOf } from '../../../../agents/runtimes/lib/outcome.ts';
import { oomKills } from '../../../../agents/runtimes/lib/process/oom.ts';
import { readServerEnv } from '../../../../agents/runtimes/lib/server-env.ts';
import { StartError } from '../../../../agents/runtimes/lib/start-error.ts';
import { readTokenWhenThere } from '../../../../agents/runtimes/lib/token-file.ts';
import { FakeClock } from '../../../fakes/clock.ts';

describe('the outcome of an execution', () => {
  const CANCELLED = { reason: 'Cancelled', message: '' } as const;
  const CLEAN: Ending = { exit: { code: 0 }, execFailed: false, endedBy: undefined, oomKilled: false, left: 0 };
  for (const [what, ending, expected] of [
    ['succeeded', {}, ['succeeded', 0, '', '', '']],
    ['failed', { exit: { code: 3 } }, ['failed', 3, '', '', '']],
    ['signalled', { exit: { signal: 'SIGTERM' } }, ['failed', 143, 'SIGTERM', '', '']],
    ['cancelled', { exit: { signal: 'SIGTERM' }, endedBy: CANCELLED }, ['failed', 143, 'SIGTERM', 'Cancelled', '']],
    ['cancelled, exit 0', { endedBy: CANCELLED }, ['failed', 0, '', 'Cancelled', '']],
    [
      'out of memory',
      { exit: { signal: 'SIGKILL' }, oomKilled: true },
      ['failed', 137, 'SIGKILL', 'OutOfMemory', /out of memory/],
    ],
    [
      'out of memory in a child',
      { exit: { code: 137 }, oomKilled: true },
      ['failed', 137, '', 'OutOfMemory', /out of memory/],
    ],
    ["a neighbour's out of memory", { exit: { code: 1 }, oomKilled: true }, ['failed', 1, '', '', '']],
    [
      'not executable',
      { exit: { code: 126 }, execFailed: true },
      ['failed', 126, '', 'InvalidSource', /could not execute/],
    ],
    [
      'ended by a limit, in the words of who saw it',
      { exit: { signal: 'SIGKILL' }, endedBy: { reason: 'ProcessesExceeded', message: '11 processes' } },
      ['failed', 137, 'SIGKILL', 'ProcessesExceeded', /^11 processes$/],
    ],
    [
      'ended by the kernel for a large file',
      { exit: { signal: 'SIGXFSZ' } },
      ['failed', 153, 'SIGXFSZ', 'DiskExceeded', /larger than it may be/],
    ],
    ['ended so in a child', { exit: { code: 153 } }, ['failed', 153, '', 'DiskExceeded', /larger than it may be/]],
    ['undead', { left: 2 }, ['succeeded', 0, '', '', /2 of its processes could not be killed/]],
  ] as const) {
    it(what, () => {
      const { state, exitCode, signal, reason, errorMessage } = outcomeOf({ ...CLEAN, ...ending });
      expect([state, exitCode, signal, reason]).to.deep.equal(expected.slice(0, 4));
      expect(errorMessage).to.match(expected[4] === '' ? /^$/ : expected[4]);
    });
  }

  it('of a program that never started tells whose fault it is', () => {
    expect(neverStarted(new StartError('InvalidSource', 'no file'))).to.include({
      reason: 'InvalidSource',
      errorMessage: 'no file',
    });
    expect(neverStarted(new Error('EMFILE'))).to.include({ reason: 'RuntimeRejected', state: 'failed' });
    expect(endedEarly({ reason: 'Timeout', message: '' })).to.include({
      reason: 'Timeout',
      state: 'failed',
      exitCode: 143,
    });
  });
});

describe('the settings of a Runtime Server', () => {
  it('have defaults', () => {
    expect(readServerEnv({}, '/tmp')).to.deep.equal({
      port: 19_091,
      authDir: '/krt/auth',
      spoolDir: '/tmp',
      outputCapBytes: 67_108_864,
      spares: 2,
      graceMs: 5000,
      shutdownMs: 20_000,
      searchPath: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      logLevel: 'info',
      isolation: 'SharedUser',
      limits: undefined,
      workspaceDir: '/krt/workspace',
    });
  });

  it('come from the environment', () => {
    const env = { KRT_RUNTIME_PORT: '1', KRT_GRACE_SECONDS: '0.5', KRT_OUTPUT_CAP_BYTES: '0', PATH: '/p' };
    expect(readServerEnv(env, '/tmp')).to.include({ port: 1, graceMs: 500, outputCapBytes: 0, searchPath: '/p' });
  });

  it('say what one execution may use', () => {
    const env = { KRT_LIMITS: '{"processes":3,"disk":4}', KRT_ISOLATION: 'UserPerSlot', KRT_WORKSPACE_DIR: '/w' };
    expect(readServerEnv(env, '/tmp')).to.deep.include({
      limits: { processes: 3, disk: 4 },
      isolation: 'UserPerSlot',
      workspaceDir: '/w',
    });
  });

  for (const env of [{ KRT_RUNTIME_PORT: '65536' }, { KRT_GRACE_SECONDS: '-1' }, { KRT_OUTPUT_CAP_BYTES: '64Mi' }]) {
    const [name] = Object.keys(env);
    it(`refuse ${JSON.stringify(env)}`, () => expect(() => readServerEnv(env, '/tmp')).to.throw(`${name}:`));
  }
});

describe('the count of OOM kills', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-oom-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  for (const [what, text, expected] of [
    ['cgroup v2', 'low 0\noom 7\noom_kill 3\noom_group_kill 0\n', 3],
    ['cgroup v1', 'oom_kill_disable 0\nunder_oom 0\noom_kill 5\n', 5],
    ['something else', 'oom_kill_disable 0\n', 0],
  ] as const) {
    it(`is read from ${what}`, () => {
      writeFileSync(join(dir, 'events'), text);
      expect(oomKills([join(dir, 'missing'), join(dir, 'events')])).to.equal(expected);
    });
  }
});

describe('the token file', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-token-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is read when it is there already', async () => {
    const clock = new FakeClock();
    writeFileSync(join(dir, 'token'), 'secret\n');
    const { signal } = new AbortController();
    expect(await readTokenWhenThere({ path: join(dir, 'token'), clock, signal })).to.equal('secret');
    expect(clock.sleeping).to.equal(0);
  });

  it('is waited for until it has a content, without a clock', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const reading = readTokenWhenThere({ path: join(dir, 'token'), clock, signal });
    writeFileSync(join(dir, 'token'), '');
    writeFileSync(join(dir, 'new'), 'secret');
    renameSync(join(dir, 'new'), join(dir, 'token'));
    expect(await reading).to.equal('secret');
  });

  it('is found by looking where nothing tells of changes', async () => {
    const clock = new FakeClock();
    const path = join(dir, 'later', 'token');
    const { signal } = new AbortController();
    let token: string | undefined;
    const reading = readTokenWhenThere({ path, clock, signal }).then(found => {
      token = found;
    });
    while (clock.sleeping === 0) await new Promise(resolve => setImmediate(resolve));
    mkdirSync(join(dir, 'later'));
    writeFileSync(path, 'secret');
    while (token === undefined) await clock.advance(500);
    await reading;
    expect(token).to.equal('secret');
  });

  it('is no longer waited for after the signal', async () => {
    const stop = new AbortController();
    const clock = new FakeClock();
    const reading = readTokenWhenThere({ path: join(dir, 'token'), clock, signal: stop.signal }).catch(
      (e: unknown) => e,
    );
    stop.abort('enough');
    expect(await reading).to.equal('enough');
    expect(clock.sleeping).to.equal(0);
  });
});
