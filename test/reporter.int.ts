import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const ROOT = join(import.meta.dirname, '..');

const SUITE = `
describe('a suite', () => {
  it('passes', () => {});
  it('passes too', () => {});
  it('fails', () => { throw new Error('wrong'); });
  it('is to be written');
  describe('with a hook', () => {
    before(() => { throw new Error('no world'); });
    it('is never reached', () => {});
  });
});
`;

describe('the reporter', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-reporter-'));
    writeFileSync(join(dir, 'suite.mjs'), SUITE);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const mocha = (env: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, [join(ROOT, 'node_modules/mocha/bin/mocha.js'), join(dir, 'suite.mjs')], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], ...env },
      encoding: 'utf8',
    });

  it('counts what passed, failed (hooks too) and is pending, a line for each run', () => {
    const file = join(dir, 'results');
    const { status, stdout } = mocha({ KRT_TEST_RESULTS: file });
    expect(status).to.equal(2);
    expect(stdout).to.include('✔ passes too\n').and.include('2 passing').and.include('2 failing');
    mocha({ KRT_TEST_RESULTS: file });
    const line = '{"passed":2,"failed":2,"pending":1}\n';
    expect(readFileSync(file, 'utf8')).to.equal(`${line}${line}`);
  });

  it('writes nothing where nobody asks', () => {
    expect(mocha({}).stdout).to.include('2 passing');
  });
});
