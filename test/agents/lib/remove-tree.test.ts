import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeTree } from '../../../agents/lib/remove-tree.ts';

const NOBODY = 65_534;

describe('removeTree', () => {
  const isRoot = process.geteuid!() === 0;
  let dir: string;
  // root is stopped by no permission: it becomes somebody who is
  beforeEach(() => {
    if (isRoot) process.seteuid!(NOBODY);
    dir = mkdtempSync(join(tmpdir(), 'krt-tree-'));
  });
  afterEach(() => {
    if (isRoot) process.seteuid!(0);
    rmSync(dir, { recursive: true, force: true });
  });

  it('removes directories whose permissions were taken away', async () => {
    const locked = join(dir, 'tree/a/b');
    mkdirSync(locked, { recursive: true });
    writeFileSync(join(locked, 'file'), '');
    for (const [path, mode] of [
      [locked, 0],
      [join(dir, 'tree/a'), 0o500],
    ] as const) {
      await chmod(path, mode);
    }
    await removeTree(join(dir, 'tree'));
    expect(readdirSync(dir)).to.deep.equal([]);
  });

  it('follows no link out of the tree', async () => {
    const outside = join(dir, 'outside');
    const tree = join(dir, 'tree');
    for (const path of [outside, tree]) mkdirSync(path);
    writeFileSync(join(outside, 'file'), '');
    symlinkSync(outside, join(tree, 'link'));
    mkdirSync(join(tree, 'locked'));
    writeFileSync(join(tree, 'locked/file'), '');
    await chmod(join(tree, 'locked'), 0o500);
    await chmod(outside, 0o500);
    await removeTree(tree);
    expect(existsSync(tree)).to.equal(false);
    expect(readdirSync(outside)).to.deep.equal(['file']);
    await chmod(outside, 0o700);
  });

  it('is content where there is nothing', async () => {
    await removeTree(join(dir, 'none'));
  });
});
