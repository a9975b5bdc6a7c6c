import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Workspaces } from '../../../agents/runtimed/workspace.ts';
import type { Workspace } from '../../../agents/runtimed/workspace-paths.ts';

const ID = '0b9c4f5e.1';

/** What programs leave behind, each in a workspace of its own. */
const LEFT: [what: string, leave: (workspace: Workspace) => void][] = [
  ['nothing', () => undefined],
  ['a script', ({ work }) => writeFileSync(join(work, 'script'), 'echo')],
  ['a directory in another', ({ home }) => mkdirSync(join(home, 'a/b'), { recursive: true })],
  ['many files', ({ tmp }) => Array.from({ length: 40 }, (_, i) => writeFileSync(join(tmp, `${i}`), ''))],
  [
    'a large file',
    ({ artifacts }) => {
      writeFileSync(join(artifacts, 'large'), '');
      truncateSync(join(artifacts, 'large'), 8 * 1024 * 1024);
    },
  ],
  [
    'a link in the place of a directory',
    ({ home, work }) => {
      rmSync(home, { recursive: true });
      symlinkSync(work, home);
    },
  ],
  ['a directory less', ({ tmp }) => rmSync(tmp, { recursive: true })],
  [
    'no right to a directory',
    ({ work }) => {
      writeFileSync(join(work, 'script'), 'echo');
      chmodSync(work, 0);
    },
  ],
];

/** What a program can do to a workspace that waits for its next attempt. */
const TAMPERED: [what: string, tamper: (kept: string, dir: string) => void][] = [
  ['put a file into a directory', kept => writeFileSync(join(kept, 'home/.profile'), '')],
  ['put a file beside them', kept => writeFileSync(join(kept, 'more'), '')],
  ['wrote outputs', kept => writeFileSync(join(kept, 'outputs'), 'a=b')],
  ['linked the outputs', (kept, dir) => linkSync(join(kept, 'outputs'), join(dir, 'outputs'))],
  ['opened a directory to all', kept => chmodSync(join(kept, 'tmp'), 0o777)],
  ['removed a directory', kept => rmdirSync(join(kept, 'tmp'))],
  [
    'linked a directory elsewhere',
    kept => {
      rmdirSync(join(kept, 'home'));
      symlinkSync('work', join(kept, 'home'));
    },
  ],
];

function expectNew({ root, work, home, tmp, artifacts, outputs }: Workspace): void {
  expect(readdirSync(root)).to.have.members(['work', 'home', 'tmp', 'artifacts', 'outputs']);
  for (const path of [work, home, tmp, artifacts]) expect(readdirSync(path), path).to.deep.equal([]);
  for (const path of [root, work, home, tmp, artifacts]) expect(lstatSync(path).mode, path).to.equal(0o40700);
  expect(lstatSync(outputs)).to.include({ size: 0, mode: 0o100600, nlink: 1 });
}

describe('a workspace', () => {
  let dir: string;
  let workspaces: Workspaces;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-workspace-'));
    workspaces = new Workspaces(dir);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('has private directories and an empty file for outputs', () => {
    expectNew(workspaces.make(ID));
    expect(() => workspaces.make(ID)).to.throw('EEXIST');
  });

  for (const [what, leave] of LEFT) {
    it(`goes whole where the program left ${what}, and nothing else does`, async () => {
      leave(workspaces.make(ID));
      const other = workspaces.make('other.1');
      await workspaces.remove(ID);
      expect(readdirSync(join(dir, 'runs'))).to.deep.equal(['other.1']);
      expect(existsSync(other.outputs)).to.equal(true);
    });
  }

  for (const [what, leave] of LEFT) {
    it(`is as new for the next program where the one before left ${what}`, async () => {
      leave(workspaces.make(ID));
      await workspaces.remove(ID);
      expectNew(workspaces.make('next.1'));
    });
  }

  it('is used again where the program left little', async () => {
    const { ino } = statSync(workspaces.make(ID).root);
    await workspaces.remove(ID);
    expect(statSync(workspaces.make('next.1').root).ino).to.equal(ino);
    expect(statSync(workspaces.make('other.1').root).ino).to.not.equal(ino);
  });

  for (const [what, tamper] of TAMPERED) {
    it(`is not used again where somebody ${what} while nobody used it`, async () => {
      const { ino } = statSync(workspaces.make(ID).root);
      await workspaces.remove(ID);
      tamper(join(dir, 'kept', ID), dir);
      const next = workspaces.make('next.1');
      expect(statSync(next.root).ino).to.not.equal(ino);
      expectNew(next);
    });
  }

  it('is made anew where somebody removed the one that was kept', async () => {
    workspaces.make(ID);
    await workspaces.remove(ID);
    rmSync(join(dir, 'kept'), { recursive: true });
    expectNew(workspaces.make('next.1'));
  });

  it('is not kept for a process to come', async () => {
    workspaces.make(ID);
    await workspaces.remove(ID);
    workspaces.make('left.1');
    workspaces.make('open.1');
    const restarted = new Workspaces(dir);
    expect(await restarted.sweep(id => id === 'open.1')).to.deep.equal(['left.1']);
    expect(readdirSync(join(dir, 'kept'))).to.deep.equal([]);
    expect(readdirSync(join(dir, 'runs'))).to.deep.equal(['open.1']);
  });

  it('follows no link out of it when it goes', async () => {
    const outside = join(dir, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'kept'), 'text');
    const { work, home, outputs } = workspaces.make(ID);
    rmSync(outputs);
    symlinkSync(join(outside, 'kept'), outputs);
    symlinkSync(outside, join(work, 'link'));
    rmSync(home, { recursive: true });
    symlinkSync(outside, home);
    await workspaces.remove(ID);
    expect(readFileSync(join(outside, 'kept'), 'utf8')).to.equal('text');
  });

  for (const id of ['../x.1', 'x', 'x.1/..', '']) {
    it(`is not made for ${JSON.stringify(id)}, which can't be a directory's name`, () => {
      expect(() => workspaces.at(id)).to.throw('is not the id of an attempt');
    });
  }
});
