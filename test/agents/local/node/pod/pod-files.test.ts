import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { PodFiles } from '../../../../../agents/local/node/pod/pod-files.ts';
import { running, succeeded } from './records.ts';

describe('PodFiles', () => {
  let dir: string;
  let files: PodFiles;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-pods-'));
    files = new PodFiles(join(dir, 'pods'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('knows nothing at first', async () => {
    expect(await files.list()).to.deep.equal([]);
    expect(await files.load('u')).to.deep.equal([]);
    expect(await files.started()).to.deep.equal([]);
    await files.remove('u');
  });

  it('gives back what was saved last, for its owner alone', async () => {
    const process = { mark: 7, pid: 8, identity: 'boot/9' };
    await files.save('u', [running('a')]);
    await files.save('u', [running('a', { process }), succeeded('b')]);
    await files.save('v', [running('c', { process: { mark: 1 } })]);
    expect(await files.load('u')).to.deep.equal([running('a', { process }), succeeded('b')]);
    expect((await files.list()).sort()).to.deep.equal(['u', 'v']);
    expect(await files.started()).to.have.deep.members([process, { mark: 1 }]);
    expect(statSync(join(dir, 'pods/u/containers.json')).mode & 0o777).to.equal(0o600);
    expect(statSync(join(dir, 'pods/u')).mode & 0o777).to.equal(0o700);
    await files.remove('u');
    expect(await files.list()).to.deep.equal(['v']);
  });

  it('takes what a machine that lost power has left, and what is no Pod, for nothing', async () => {
    await files.save('v', [running('c', { process: { mark: 1 } })]);
    mkdirSync(join(dir, 'pods/cut'));
    writeFileSync(join(dir, 'pods/cut/containers.json'), '');
    writeFileSync(join(dir, 'pods/.stray'), '');
    expect(await files.load('cut')).to.deep.equal([]);
    expect(await files.started()).to.deep.equal([{ mark: 1 }]);
  });

  it('does not take what it can not read for a new Pod', async () => {
    mkdirSync(join(dir, 'pods/u/containers.json'), { recursive: true });
    const error = await files.load('u').catch((error: NodeJS.ErrnoException) => error);
    expect(error).to.include({ code: 'EISDIR' });
  });
});
