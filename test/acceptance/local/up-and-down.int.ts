import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { processesWith } from '../harness/processes.ts';
import { INTERPRETERS } from '../harness/settings.ts';
import { tokenOf, useDaemon } from './daemon.ts';

describe('krt local', () => {
  const daemon = useDaemon();

  it('is up once, however often it is asked for', async () => {
    const first = await daemon.local('up');
    expect(first.code, first.stderr).to.equal(0);
    expect(first.stdout).to.match(
      /^the embedded default is up: krt on this machine alone\nAPI server: +http:\/\/127\.0\.0\.1:\d+\n/,
    );
    expect(first.stdout)
      .to.include('krt local up --runtime bash\n')
      .and.include(`export KUBECONFIG=${daemon.kubeconfig}\n`);
    const again = await daemon.local('up');
    expect(again.code).to.equal(0);
    expect(again.stdout.split('\n', 2)).to.deep.equal([
      'the embedded default was up already',
      first.stdout.split('\n', 2)[1],
    ]);
    expect(daemon.pids()).to.have.length(1);
  });

  it('is up once where it is asked for by several at the same time', async () => {
    const ups = await Promise.all([
      daemon.local('up', '-o', 'json'),
      daemon.local('up', '-o', 'json'),
      daemon.local('up', '-o', 'json'),
    ]);
    const told = ups.map(({ code, stdout, stderr }) => {
      expect(code, stderr).to.equal(0);
      return JSON.parse(stdout) as { pid: number; server: string; wasUp: boolean };
    });
    expect(new Set(told.map(({ pid, server }) => `${pid} ${server}`)).size).to.equal(1);
    expect(
      told.filter(({ wasUp }) => !wasUp),
      'who started it',
    ).to.have.length(1);
    expect(daemon.pids()).to.deep.equal([told[0]!.pid]);
  });

  it('tells whether it is up', async () => {
    const down = await daemon.local('status');
    expect(down).to.include({
      code: 69,
      stdout: 'the embedded default is down; start it with: krt local up\n',
      stderr: '',
    });
    expect(JSON.parse((await daemon.local('status', '-o', 'json')).stdout)).to.deep.equal({ up: false });
    await daemon.local('up');
    const up = await daemon.local('status');
    expect(up.code).to.equal(0);
    expect(up.stdout).to.match(
      /^the embedded default is up\nAPI server: +http.*\nKubeconfig: +.*\nProcess: +\d+\nVersion: +\S+\nUp for: +\d+s\n$/,
    );
    const info = JSON.parse((await daemon.local('status', '-o', 'json')).stdout);
    expect(info).to.deep.include({ up: true, pid: daemon.pids()[0], kubeconfig: daemon.kubeconfig });
    expect(info).to.have.all.keys('up', 'pid', 'version', 'server', 'kubeconfig', 'startedAt');
  });

  it('is down once, however often it is asked for, and leaves no process', async () => {
    await daemon.local('up', '--runtime', 'bash');
    expect(processesWith(daemon.home).length).to.be.greaterThan(1);
    expect(await daemon.local('down')).to.include({ code: 0, stdout: 'the embedded default is down\n' });
    expect(processesWith(daemon.home)).to.deep.equal([]);
    expect(await daemon.local('down')).to.include({ code: 0, stdout: 'the embedded default was down already\n' });
  });

  it('waits for programs as long as it was told to, which a second down may shorten', async () => {
    await daemon.local('up', '--runtime', 'bash');
    const running = daemon.start('run', '-r', 'bash', '-c', "trap '' TERM; echo up; while :; do sleep 0.1; done");
    await running.shows('up');
    const patient = daemon.start('local', 'down', '--grace', '10m');
    // it is on its way out once it tells no more of itself
    while ((await daemon.local('status')).code === 0);
    expect(processesWith(daemon.home)).to.not.deep.equal([]);
    expect(await daemon.local('down', '--grace', '0s')).to.include({ code: 0 });
    expect((await patient.done).code).to.equal(0);
    running.child.kill('SIGKILL');
    await running.done;
    expect(processesWith(daemon.home)).to.deep.equal([]);
  });

  it('leaves nothing where it can not start after all', async () => {
    await daemon.local('up', '--runtime', 'bash');
    await daemon.local('down');
    const inTheWay = join(daemon.home, '.krt/control.sock');
    mkdirSync(inTheWay);
    const { code, stdout, stderr } = await daemon.local('up');
    expect({ code, stdout }).to.deep.equal({ code: 69, stdout: '' });
    expect(stderr).to.match(/^error: the embedded default did not start: .*\nits log: .*local\.log\n$/);
    expect(processesWith(daemon.home)).to.deep.equal([]);
    rmdirSync(inTheWay);
    expect((await daemon.local('up')).code).to.equal(0);
  });

  it('is down after an up and a down at the same time, or up, but nothing between', async () => {
    const up = daemon.start('local', 'up');
    const down = await daemon.local('down');
    expect(down.code, down.stderr).to.equal(0);
    const { code, stderr } = await up.done;
    expect(code, stderr).to.equal(0);
    const status = await daemon.local('status');
    expect(daemon.pids()).to.have.length(status.code === 0 ? 1 : 0);
  });

  it('starts again while the one before is on its way out', async () => {
    await daemon.local('up');
    const [down, up] = await Promise.all([daemon.local('down'), daemon.local('up')]);
    expect([down.code, up.code]).to.deep.equal([0, 0]);
    expect(daemon.pids().length).to.be.at.most(1);
  });

  it('makes built-in Runtimes, and tells what can be run on later', async () => {
    const made = await daemon.local('up', '--runtime', 'bash');
    expect(made.code, made.stderr).to.equal(0);
    expect(made.stdout).to.include('Try it:\n  krt run -r bash -- echo "hello from krt"\n');
    expect(await daemon.krt('run', '-r', 'bash', '--', 'echo', 'hello from krt')).to.include({
      code: 0,
      stdout: 'hello from krt\n',
    });
    expect((await daemon.local('up')).stdout).to.include('Try it:\n  krt run -r bash');
    expect(JSON.parse((await daemon.local('up', '-o', 'json')).stdout)).to.deep.include({
      wasUp: true,
      runtimes: ['bash'],
    });
  });

  it('makes the built-in Runtimes with an interpreter that is here', async function () {
    if (INTERPRETERS.length === 0) this.skip();
    const made = await daemon.local('up', ...INTERPRETERS.flatMap(name => ['--runtime', name]), '-o', 'json');
    expect(made.code, made.stderr).to.equal(0);
    expect(JSON.parse(made.stdout).runtimes).to.have.members(INTERPRETERS);
    const [name] = INTERPRETERS;
    expect((await daemon.krt('run', '-r', name!, '--', 'echo', 'hello')).stdout).to.equal('hello\n');
  });

  it('says so where krt speaks to another cluster', async () => {
    mkdirSync(join(daemon.home, '.kube'));
    const other = {
      clusters: [{ name: 'a', cluster: { server: 'https://cluster.example' } }],
      users: [],
      'current-context': 'a',
    };
    writeFileSync(
      join(daemon.home, '.kube/config'),
      JSON.stringify({ ...other, contexts: [{ name: 'a', context: { cluster: 'a' } }] }),
    );
    const { code, stdout } = await daemon.local('up');
    expect(code).to.equal(0);
    expect(stdout).to.include(
      `Your kubeconfig names another cluster; first:\n  export KUBECONFIG=${daemon.kubeconfig}\nNext, `,
    );
  });

  it('is its owner’s alone, and answers nobody without the token', async () => {
    const { stdout } = await daemon.local('up', '-o', 'json');
    const { server } = JSON.parse(stdout) as { server: string };
    const folder = join(daemon.home, '.krt');
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    for (const file of ['kubeconfig', 'token', 'krt.db', 'local.log'])
      expect(statSync(join(folder, file)).mode & 0o777, file).to.equal(0o600);
    const { hostname, port } = new URL(server);
    expect(hostname).to.equal('127.0.0.1');
    const listening = execFileSync('cat', ['/proc/net/tcp'], { encoding: 'utf8' })
      .split('\n')
      .filter(
        line => line.includes(`:${Number(port).toString(16).toUpperCase().padStart(4, '0')} `) && / 0A /.test(line),
      );
    expect(
      listening.map(line => line.trim().split(/\s+/)[1]!.split(':')[0]),
      'addresses',
    ).to.deep.equal(['0100007F']);
    const get = async (headers: Record<string, string>) => (await fetch(`${server}/api/v1/pods`, { headers })).status;
    expect(await get({})).to.equal(401);
    expect(await get({ Authorization: 'Bearer wrong' })).to.equal(401);
    expect(await get({ Authorization: `Bearer ${tokenOf(daemon.kubeconfig)}` })).to.equal(200);
  });

  it('deletes all that is stored where that is wanted, and nothing else', async () => {
    await daemon.local('up', '--runtime', 'bash');
    const folder = join(daemon.home, '.krt');
    writeFileSync(join(folder, 'notes'), 'mine');
    const { code, stdout } = await daemon.local('down', '--delete');
    expect(code).to.equal(0);
    expect(stdout).to.equal(`the embedded default is down\ndeleted what was stored in ${folder}\n`);
    expect(readdirSync(folder)).to.deep.equal(['notes']);
    expect(processesWith(daemon.home)).to.deep.equal([]);
  });

  describe('refuses', () => {
    const up = (home: string, ...args: string[]) => {
      daemon.env['KRT_HOME'] = home;
      return daemon.local('up', ...args);
    };
    afterEach(() => {
      delete daemon.env['KRT_HOME'];
    });

    it('a Runtime that it has not, before it starts', async () => {
      const { code, stdout, stderr } = await daemon.local('up', '--runtime', 'cobol');
      expect({ code, stdout }).to.deep.equal({ code: 64, stdout: '' });
      expect(stderr).to.equal('error: --runtime: there is no built-in Runtime "cobol"\nbuilt in: bash, node, python\n');
      expect(existsSync(join(daemon.home, '.krt'))).to.equal(false);
    });

    for (const [title, path, message] of [
      ['that can not be made', '/dev/null/krt', 'error: cannot make the folder /dev/null/krt: '],
      [
        'whose path is too long for a socket',
        `/tmp/${'x'.repeat(100)}`,
        'error: the path of KRT_HOME is too long for a socket in it: ',
      ],
    ] as const) {
      it(`a folder ${title}`, async () => {
        const { code, stdout, stderr } = await up(path);
        expect({ code, stdout }).to.deep.equal({ code: 64, stdout: '' });
        expect(stderr)
          .to.include(message)
          .and.match(/\nset KRT_HOME to another one\n$/);
        expect(await daemon.local('status')).to.include({ code: 69 });
        expect(await daemon.local('down')).to.include({ code: 0, stdout: 'the embedded default was down already\n' });
      });
    }

    it('a folder with other things in it, and leaves that as it was', async () => {
      const folder = join(daemon.home, 'project');
      mkdirSync(folder, { mode: 0o755 });
      writeFileSync(join(folder, 'file'), 'mine');
      const { code, stderr } = await up(folder);
      expect(code).to.equal(64);
      expect(stderr).to.equal(`error: the folder ${folder} has other things in it\nset KRT_HOME to another one\n`);
      const gone = await daemon.local('down', '--delete');
      expect(gone.code).to.equal(64);
      expect(gone.stderr).to.include('is not the folder of an embedded default').and.include('nothing was deleted');
      expect(readFileSync(join(folder, 'file'), 'utf8')).to.equal('mine');
      expect(readdirSync(folder)).to.deep.equal(['file']);
      expect(statSync(folder).mode & 0o777).to.equal(0o755);
    });
  });
});
