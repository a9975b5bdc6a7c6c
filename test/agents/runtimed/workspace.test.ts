import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Workspace, Workspaces } from '../../../agents/runtimed/workspace.ts';

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

describe('a workspace', () => {
  let dir: string;
  let workspaces: Workspaces;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-workspace-'));
    workspaces = new Workspaces(dir);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('has private directories and an empty file for outputs', () => {
    const { root, work, home, tmp, artifacts, outputs } = workspaces.make(ID);
    for (const path of [root, work, home, tmp, artifacts]) expect(statSync(path).mode & 0o777, path).to.equal(0o700);
    expect(statSync(outputs)).to.include({ size: 0 });
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

  it('follows no link out of it when it goes', async () => {
    const outside = join(dir, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'kept'), '');
    const { work, home } = workspaces.make(ID);
    symlinkSync(outside, join(work, 'link'));
    rmSync(home, { recursive: true });
    symlinkSync(outside, home);
    await workspaces.remove(ID);
    expect(readdirSync(outside)).to.deep.equal(['kept']);
  });

  for (const id of ['../x.1', 'x', 'x.1/..', '']) {
    it(`is not made for ${JSON.stringify(id)}, which can't be a directory's name`, () => {
      expect(() => workspaces.at(id)).to.throw('is not the id of an attempt');
    });
  }
});
