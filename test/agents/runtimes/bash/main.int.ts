import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { systemClock } from '../../../../agents/lib/clock.ts';
import {
  type AttachEvent,
  connectRuntime,
  type ExecuteRequest,
  type RuntimeClient,
  type RuntimeError,
} from '../../../../agents/protocol/index.ts';
import { Containment } from '../../../../agents/runtimes/lib/process/containment.ts';
import { makeMarks } from '../../../../agents/runtimes/lib/process/marks.ts';
import { linuxProc } from '../../../../agents/runtimes/lib/process/proc.ts';

import { freePort, launch, type Server } from '../server-process.ts';

const TOKEN = 'a-token-that-nobody-else-has';

describe('the bash Runtime Server as a process', () => {
  let dir: string;
  let port: number;
  let client: RuntimeClient;
  const servers: Server[] = [];

  beforeEach(async () => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'krt-main-')));
    for (const name of ['auth', 'work', 'spool']) mkdirSync(join(dir, name));
    port = await freePort();
    client = connectRuntime({ address: `127.0.0.1:${port}`, token: () => TOKEN, clock: systemClock });
  });
  afterEach(async () => {
    client.close();
    for (const server of servers.splice(0)) {
      server.kill('SIGKILL');
      await server;
    }
    // The guardian of a killed server removes its directory: not both at once.
    while (readdirSync(join(dir, 'spool')).length > 0) await systemClock.sleep(10);
    rmSync(dir, { recursive: true, force: true });
  });

  function start(env: Record<string, string> = {}): Server {
    const server = launch({
      KRT_RUNTIME_PORT: String(port),
      KRT_AUTH_DIR: join(dir, 'auth'),
      KRT_SPOOL_DIR: join(dir, 'spool'),
      KRT_LOG_LEVEL: 'warn',
      SERVER_SECRET: 'of the server',
      ...env,
    });
    servers.push(server);
    return server;
  }

  /** What runtimed does: publish until Health succeeds, then unlink. */
  async function handshake(): Promise<void> {
    const path = join(dir, 'auth/token');
    writeFileSync(`${path}.new`, TOKEN, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    while (!(await client.health().catch(() => undefined))) await systemClock.sleep(10);
    unlinkSync(path);
  }

  let ids = 0;
  function script(text: string): ExecuteRequest {
    const entrypoint = `script-${ids++}`;
    writeFileSync(join(dir, 'work', entrypoint), text);
    return {
      id: `uid-${ids}.1`,
      args: [],
      env: { A: 'b' },
      timeoutSeconds: 0,
      workingDir: join(dir, 'work'),
      entrypoint,
      handler: '',
    };
  }

  async function run(request: ExecuteRequest): Promise<{ stdout: string; last: AttachEvent | undefined }> {
    let stdout = '';
    let last: AttachEvent | undefined;
    for await (const event of client.attach(
      await client.execute(request),
      { stdout: 0, stderr: 0 },
      new AbortController().signal,
    )) {
      if (event.type === 'chunk' && event.stream === 'stdout') stdout += Buffer.from(event.data).toString();
      last = event;
    }
    return { stdout, last };
  }
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: RuntimeError) => error.code,
    );

  it('is unavailable until it has its token, then takes it alone', async () => {
    start();
    expect(await failure(client.health())).to.equal('unavailable');
    await handshake();
    const { stdout, last } = await run(script('echo hello'));
    expect(stdout).to.equal('hello\n');
    expect(last).to.have.nested.property('status.state', 'succeeded');
    const stranger = connectRuntime({ address: `127.0.0.1:${port}`, token: () => 'guess', clock: systemClock });
    expect(await failure(stranger.execute(script('echo hello')))).to.equal('unauthenticated');
    stranger.close();
  });

  it('hides its environment and its token from the programs', async function () {
    if (!linuxProc()) this.skip();
    const server = start();
    await handshake();
    const { stdout } = await run(
      script(`env; cat /proc/${server.pid}/cmdline | tr '\\0' '\\n'; ls -A ${join(dir, 'auth')}`),
    );
    expect(stdout).to.contain('A=b\n');
    expect(stdout).not.to.contain('SERVER_SECRET');
    expect(stdout).not.to.contain('KRT_');
    expect(stdout).not.to.contain(TOKEN);
    for (const file of ['environ', 'cmdline']) {
      expect(readFileSync(`/proc/${server.pid}/${file}`, 'latin1')).not.to.contain(TOKEN);
    }
    const { stdout: found } = await execa('grep', ['-rl', '-D', 'skip', TOKEN, dir], { reject: false });
    expect(found).to.equal('');
  });

  it('takes the token again after a restart, and knows nothing of before; who was attached is told', async () => {
    const first = start();
    await handshake();
    const request = script('echo run');
    await run(request);
    const attached = failure(run(script('sleep 600')));
    while (!(await client.list()).some(({ state }) => state === 'running')) await systemClock.sleep(10);
    first.kill('SIGKILL');
    await first;
    expect(await attached).to.equal('unavailable');
    expect(await failure(client.health())).to.equal('unavailable');
    start();
    await handshake();
    expect(await failure(client.status(request.id))).to.equal('notFound');
    expect((await run(script('echo again'))).stdout).to.equal('again\n');
  });

  it('leaves no process, no spare and no file when it is killed', async function () {
    if (!linuxProc()) this.skip();
    const server = start();
    await handshake();
    await client.execute(script('setsid sleep 600 & echo $! >pid; exec sleep 600'));
    while (!existsSync(join(dir, 'work/pid'))) await systemClock.sleep(10);
    const { owns } = makeMarks(`${hostname()} ${join(dir, 'auth')}`, 0);
    const contained = new Containment(owns, { proc: linuxProc(), kill: process.kill, clock: systemClock });
    while (contained.members().length < 3) await systemClock.sleep(10); // two processes and a spare
    server.kill('SIGKILL');
    await server;
    while (contained.members().length > 0 || readdirSync(join(dir, 'spool')).length > 0) await systemClock.sleep(10);
  });

  it('ends politely on SIGTERM: what runs may end, what is new is refused', async () => {
    const server = start({ KRT_SHUTDOWN_SECONDS: '60' });
    await handshake();
    const running = run(script('echo up; until [ -e go ]; do sleep 0.01; done; exit 6'));
    while (!(await client.list()).some(({ state }) => state === 'running')) await systemClock.sleep(10);
    server.kill('SIGTERM');
    while ((await client.health()).healthy) await systemClock.sleep(10);
    expect(await failure(client.execute(script('true')))).to.equal('unavailable');
    writeFileSync(join(dir, 'work/go'), '');
    expect((await running).last).to.have.nested.property('status.exitCode', 6);
    expect(await server).to.include({ exitCode: 0 });
    expect(readdirSync(join(dir, 'spool'))).to.deep.equal([]);
  });

  it('ends on SIGTERM while it still waits for its token', async () => {
    const server = start();
    const answer = () => client.health().catch(({ message }: RuntimeError) => message);
    while (!/not been given its token/.test(String(await answer()))) await systemClock.sleep(10);
    server.kill('SIGTERM');
    expect(await server).to.include({ exitCode: 0 });
  });

  for (const [what, env, message] of [
    ['a port that is none', { KRT_RUNTIME_PORT: 'x' }, /KRT_RUNTIME_PORT: x is not a number/],
    ['a spool directory that is missing', { KRT_SPOOL_DIR: '/nonexistent' }, /nonexistent/],
  ] as const) {
    it(`says what is wrong with ${what}, and ends`, async () => {
      const { exitCode, all } = await start(env);
      expect(exitCode).to.equal(1);
      expect(all).to.match(message);
    });
  }

  it('ends when its port is taken, and leaves the other server alone', async () => {
    start();
    await handshake();
    const { exitCode, all } = await start();
    expect(exitCode).to.equal(1);
    expect(all).to.match(/EADDRINUSE|address in use|No address added/);
    expect((await run(script('echo still here'))).stdout).to.equal('still here\n');
  });

  it('refuses bad requests by field, and goes on', async () => {
    start();
    await handshake();
    const good = script('true');
    for (const [field, bad] of [
      ['id', { id: '' }],
      ['id', { id: '../x' }],
      ['args[1]', { args: ['a', 'b\0c'] }],
      ['env', { env: { 'A=B': 'c' } }],
      ['env[A]', { env: { A: '\0' } }],
      ['timeout_seconds', { timeoutSeconds: -1 }],
      ['working_dir', { workingDir: 'relative' }],
      ['entrypoint', { entrypoint: '/etc/passwd' }],
      ['entrypoint', { entrypoint: 'a/../../b' }],
      ['entrypoint', { entrypoint: 'a\0b' }],
      ['args', { entrypoint: '' }],
    ] as const) {
      const error = await client.execute({ ...good, ...bad }).then(
        () => undefined,
        (caught: RuntimeError) => caught,
      );
      expect([error?.code, error?.message.split(':')[0]]).to.deep.equal(['invalidArgument', field]);
    }
    expect(await client.list()).to.deep.equal([]);
    expect(await failure(client.cancel('unknown.1'))).to.equal('notFound');
    expect((await run(good)).last).to.have.nested.property('status.state', 'succeeded');
  });
});
