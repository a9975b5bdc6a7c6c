import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';

const ROOT = join(import.meta.dirname, '../..');
const RUN = join(ROOT, 'plugin/bin/run.js');

/** Tells, when the process ends, which files it has loaded as modules, and which of Node's own. */
const SPY = `
import { registerHooks } from 'node:module';
import { writeFileSync } from 'node:fs';
const files = [];
registerHooks({ load(url, context, next) { if (url.startsWith('file:')) files.push(url); return next(url, context); } });
process.on('exit', () => writeFileSync(process.env.SPY_FILE, JSON.stringify({ files, own: process.moduleLoadList })));
`;

describe('the start of krt', () => {
  const dir = mkdtempSync(join(tmpdir(), 'krt-startup-'));
  before(() => writeFileSync(join(dir, 'spy.mjs'), SPY));
  after(() => rmSync(dir, { recursive: true }));

  /** The files of ours that `krt …` loads, relative to the root, and what it loads of Node's for HTTP. */
  function loadedBy(...args: string[]): { files: string[]; undici: boolean; http: boolean; stdout: string } {
    const file = join(dir, 'loaded.json');
    const env = { PATH: process.env['PATH'], HOME: dir, SPY_FILE: file };
    const spy = pathToFileURL(join(dir, 'spy.mjs')).href;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', spy, RUN, ...args], {
      env,
      encoding: 'utf8',
    });
    expect(status, stderr).to.be.oneOf([0, 69]);
    const { files, own } = JSON.parse(readFileSync(file, 'utf8')) as { files: string[]; own: string[] };
    const root = pathToFileURL(ROOT).href;
    return {
      files: files.filter(url => url.startsWith(root)).map(url => url.slice(root.length + 1)),
      undici: own.some(name => name.includes('internal/deps/undici')),
      http: own.some(name => name.endsWith('_http_client')),
      stdout,
    };
  }

  it('loads few files for krt version: every one more is paid at each start', () => {
    const { files, stdout } = loadedBy('version', '--client');
    expect(stdout).to.match(/^Client Version: \d/);
    expect(files.length, files.join('\n')).to.be.at.most(5);
    expect(files.filter(file => /node_modules|\.ts$/.test(file))).to.deep.equal([]);
  });

  for (const args of [['version', '--client'], [], ['run', '--help'], ['options']]) {
    it(`loads neither HTTP nor a YAML parser nor ora for krt ${args.join(' ') || 'alone'}`, () => {
      const { files, undici, http } = loadedBy(...args);
      expect(files.filter(file => /parse-yaml-|ora-|aside/.test(file))).to.deep.equal([]);
      expect({ undici, http }).to.deep.equal({ undici: false, http: false });
    });
  }

  it('leaves undici alone where it speaks to a cluster, too', () => {
    const { undici, http } = loadedBy('list', '-s', 'http://127.0.0.1:1');
    expect({ undici, http }).to.deep.equal({ undici: false, http: true });
  });
});
