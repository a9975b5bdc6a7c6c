import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { rootBelow } from '../../../../../agents/runtimes/lib/root-below.ts';
import { takeBack } from '../../../../../agents/runtimes/lib/users/take-back.ts';
import { Users } from '../../../../../agents/runtimes/lib/users/users.ts';
import { type Bench, makeBench, PATH } from '../../harness.ts';
import { canBeOthers } from './can-be-others.ts';

const FIRST = 1_800_000_000 + (process.pid % 90_000) * 1000;
const OWNER = 65_532;

describe('executions with users of their own', function () {
  this.timeout(30_000);
  let bench: Bench;
  let runs: string;
  const users = new Users(FIRST);
  before(function () {
    if (!canBeOthers()) return this.skip();
    const options = { users, limits: { processes: 30, disk: 1024 ** 3 } };
    bench = makeBench({ ...options, rootOf: ({ workingDir }) => rootBelow(runs, workingDir) });
    chmodSync(bench.dir, 0o711);
    runs = join(bench.dir, 'runs');
    mkdirSync(runs, { mode: 0o711 });
    chownSync(runs, OWNER, OWNER);
  });
  after(() => bench?.close());

  /** A request whose files are as runtimed makes them. */
  function script(id: string, text: string) {
    const root = join(runs, id);
    for (const dir of [root, join(root, 'work'), join(root, 'artifacts')]) {
      mkdirSync(dir, { mode: 0o700 });
      chownSync(dir, OWNER, OWNER);
    }
    writeFileSync(join(root, 'work', 'script'), text);
    chownSync(join(root, 'work', 'script'), OWNER, OWNER);
    const env = { PATH, ROOT: root };
    return { ...bench.script('', { id, workingDir: join(root, 'work'), entrypoint: 'script', env }) };
  }

  it('are each somebody else, of no group but their own, and their files are given back', async () => {
    const [a, b] = await Promise.all([
      bench.run(script('a.1', 'id -u; id -G; sleep 0.3; umask 077; mkdir -p ../artifacts/x; echo y >../artifacts/x/y')),
      bench.run(script('b.1', 'id -u; id -G; sleep 0.3')),
    ]);
    const [uidA, groupsA] = a.stdout.split('\n').map(Number);
    const [uidB, groupsB] = b.stdout.split('\n').map(Number);
    expect([uidA, uidB].sort()).to.deep.equal([FIRST, FIRST + 1]);
    expect([groupsA, groupsB]).to.deep.equal([uidA, uidB]);
    expect(readFileSync(join(runs, 'a.1/artifacts/x/y'), 'utf8')).to.equal('y\n');
    for (const path of ['', 'work', 'artifacts/x/y']) expect(lstatSync(join(runs, 'a.1', path)).uid).to.equal(OWNER);
  });

  it('can’t see each other’s files, environments or memory, nor signal each other or the server', async () => {
    const victim = bench.run(script('victim.1', 'echo secret >secret; echo $$; SECRET=x exec sleep 3'));
    const probe = `
      sleep 1
      cat $ROOT/../victim.1/work/secret && echo file
      ls $ROOT/.. && echo names
      for pid in $(pgrep -x sleep -u ${[0, 1, 2, 3, 4].map(i => FIRST + i).join()}) ${process.pid}; do
        [ "$(stat -c %u /proc/$pid)" != $UID ] || continue
        cat /proc/$pid/environ && echo environment
        (: <>/proc/$pid/mem) && echo memory
        ls /proc/$pid/cwd/ && echo cwd
        kill -0 $pid && echo signal
        echo tried >&2
      done
      true`;
    const { stdout, stderr } = await bench.run(script('probe.1', probe));
    expect(stdout).to.equal('');
    expect(stderr.match(/^tried$/gm)).to.have.length.of.at.least(2);
    await victim;
  });

  it('are held to their number of processes by the kernel itself', async () => {
    const { stderr } = await bench.run(script('bomb.1', 'for i in {1..60}; do sleep 2 & done; wait'));
    expect(stderr).to.match(/fork: .*Resource temporarily unavailable/);
    expect(readdirSync('/proc').filter(isOfSlot)).to.deep.equal([]);
  });

  it('can write to the names of their output', async () => {
    const { stdout, stderr } = await bench.run(script('names.1', 'echo o >/dev/stdout; echo e >/dev/stderr'));
    expect([stdout, stderr]).to.deep.equal(['o\n', 'e\n']);
  });

  it('are ended with all they started, whatever it did to its mark', async () => {
    await bench.run(script('stray.1', '(ulimit -x 5; setsid sleep 600 </dev/null >/dev/null 2>&1 &)'));
    expect(readdirSync('/proc').filter(isOfSlot)).to.deep.equal([]);
  });

  it('have their files taken back by the next start, should this one be killed', async () => {
    const dir = join(runs, 'left.1');
    mkdirSync(dir);
    chownSync(dir, FIRST + 7, FIRST + 7);
    await takeBack(users, runs);
    expect(lstatSync(dir).uid).to.equal(OWNER);
    await takeBack(users, join(runs, 'none'));
  });
});

function isOfSlot(pid: string): boolean {
  try {
    const status = readFileSync(`/proc/${Number(pid)}/status`, 'latin1');
    const uid = Number(/^Uid:\t(\d+)/m.exec(status)?.[1]);
    return uid >= FIRST && uid < FIRST + 1000 && !/^State:\t[ZX]/m.test(status);
  } catch {
    return false; // no process, or none any more
  }
}
