import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../../../agents/lib/clock.ts';
import { handOver } from '../../../../../agents/runtimes/lib/users/hand-over.ts';
import { removeAs } from '../../../../../agents/runtimes/lib/users/remove-as.ts';
import { openSlot } from '../../../../../agents/runtimes/lib/users/slot.ts';
import { killProcessesOf } from '../../../../../agents/runtimes/lib/users/user-processes.ts';
import { openUsers, Users } from '../../../../../agents/runtimes/lib/users/users.ts';
import { canBeOthers } from './can-be-others.ts';

const FIRST = 1_700_000_000 + (process.pid % 90_000) * 1000;
const BEFORE = { uid: 65_532, gid: 65_532 };

describe('a user for one execution', () => {
  let dir: string;
  let root: string;
  before(function () {
    if (!canBeOthers()) this.skip();
  });
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-slot-'));
    chmodSync(dir, 0o711);
    root = join(dir, 'root');
    for (const path of ['', 'work', 'work/deep', 'home']) own(join(root, path), path => mkdirSync(path));
    own(join(root, 'work/file'), path => writeFileSync(path, 'x'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  function own(path: string, make: (path: string) => void) {
    make(path);
    chownSync(path, BEFORE.uid, BEFORE.gid);
  }
  const owners = (path = root): number[] => [
    lstatSync(path).uid,
    ...(lstatSync(path).isDirectory() ? readdirSync(path).flatMap(name => owners(join(path, name))) : []),
  ];
  /** What the user's shell does; its exit code. */
  async function sh(uid: number, script: string, cwd = root): Promise<number> {
    const child = spawn('bash', ['-c', script], {
      uid,
      gid: uid,
      cwd,
      stdio: 'ignore',
      env: { PATH: '/usr/bin:/bin' },
    });
    return (await once(child, 'exit'))[0] as number;
  }

  it('is to be had only where others can pass to their files, which is closed to them otherwise', () => {
    const [volume, inside] = [join(dir, 'volume'), join(dir, 'volume/home/inside')];
    for (const path of [volume, join(volume, 'home'), inside]) mkdirSync(path);
    chmodSync(volume, 0o2777);
    chownSync(volume, 0, BEFORE.gid);
    openUsers('test', volume);
    expect(lstatSync(volume)).to.include({ uid: 0, gid: BEFORE.gid }).and.have.property('mode').that.equals(0o40771);
    chmodSync(join(volume, 'home'), 0o700);
    expect(() => openUsers('test', inside)).to.throw(`can't pass ${join(volume, 'home')}`);
  });

  it('has all files of the execution while it lasts, and gives them back with all that it made', async () => {
    const users = new Users(FIRST);
    const { user, close } = await openSlot(users, root, systemClock);
    expect(new Set(owners())).to.deep.equal(new Set([user.uid]));
    expect(await sh(user.uid, 'mkdir -p a/b && echo y >a/b/c && chmod 0 a/b && ln -s /etc/passwd link')).to.equal(0);
    expect(await close()).to.equal(0);
    expect(new Set(owners())).to.deep.equal(new Set([BEFORE.uid]));
    expect(lstatSync('/etc/passwd').uid).to.equal(0);
    for (let i = 1; i < 1000; i++) users.give(users.take());
    expect(users.take().uid).to.equal(user.uid);
  });

  it('can’t enter the files of another', async () => {
    const users = new Users(FIRST);
    const slot = await openSlot(users, root, systemClock);
    chmodSync(root, 0o700);
    const other = users.take();
    expect(await sh(other.uid, `ls ${root} || cat ${root}/work/file`, '/')).to.not.equal(0);
    await slot.close();
  });

  it('leaves no process, whatever it did to its limits, its session or its parent', async () => {
    const { user, close } = await openSlot(new Users(FIRST), root, systemClock);
    await sh(user.uid, '(ulimit -x 5; trap "" TERM HUP; setsid sleep 600 & ) ; sleep 601 & disown -a');
    expect(await sh(user.uid, 'pgrep -u $UID sleep')).to.equal(0);
    expect(await close()).to.equal(0);
    expect(await killProcessesOf(user, systemClock)).to.equal(0);
    // a zombie is nobody's process: its parent here may never ask for it
    expect(await sh(user.uid, 'pgrep -u $UID -r D,R,S,T sleep')).to.equal(1);
  });

  it('leaves no file in the directories that are open to all', async () => {
    const [user, other] = [{ uid: FIRST }, { uid: FIRST + 1 }];
    const open = join(dir, 'tmp');
    mkdirSync(open);
    chmodSync(open, 0o1777);
    await sh(user.uid, 'mkdir -p mine/deep && touch mine/deep/x && chmod 0 mine/deep mine && ln -s / link', open);
    await sh(other.uid, 'touch theirs', open);
    await removeAs(user, [open, join(dir, 'none')]);
    expect(readdirSync(open)).to.deep.equal(['theirs']);
  });

  it('keeps out what belongs to somebody else, by link or by name', async () => {
    const secret = join(dir, 'secret');
    writeFileSync(secret, 's');
    linkSync(secret, join(root, 'hard'));
    symlinkSync(secret, join(root, 'soft'));
    await handOver(root, uid => uid === BEFORE.uid, { uid: FIRST, gid: FIRST });
    expect(lstatSync(secret).uid).to.equal(0);
    expect(await handOver(root, uid => uid === BEFORE.uid, BEFORE)).to.equal(undefined);
    expect(await handOver(join(root, 'none'), () => true, BEFORE)).to.equal(undefined);
  });

  it('gives back directories that are nested to be in the way without what is in them', async () => {
    const { user, close } = await openSlot(new Users(FIRST), root, systemClock);
    expect(await sh(user.uid, 'for i in {1..300}; do mkdir d && cd d || exit 1; done')).to.equal(0);
    await close();
    expect(new Set(owners())).to.deep.equal(new Set([BEFORE.uid]));
    expect(existsSync(join(root, 'd'))).to.equal(false);
  });
});
