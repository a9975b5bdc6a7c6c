import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { MAN_FOLDER, manPages } from '../../install/reference/man.ts';
import { folded, roff, section, terms, typed } from '../../install/reference/roff.ts';
import { cliConfig } from '../plugin/harness.ts';
import { ROOT } from './objects.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the man pages', () => {
  it('are as the commands say: if not, run npm run docs', async () => {
    const pages = manPages(await cliConfig());
    for (const [path, text] of pages) expect(read(path), path).to.equal(text);
    expect(globSync(`${MAN_FOLDER}/*`, { cwd: ROOT }).sort()).to.deep.equal([...pages.keys()].sort());
  });

  it('are all told to npm: if not, run npm run docs', () => {
    const { man } = JSON.parse(read('package.json')) as { man: string[] };
    expect(man).to.deep.equal(globSync(`${MAN_FOLDER}/*`, { cwd: ROOT }).sort());
  });

  for (const [text, page] of [
    ["it's -n 'x'", '\\[aq]'],
    ['a\\b', 'a\\(rsb'],
    ['.dot first', '\\&.dot first'],
    ['-o jsonpath=…', '\\-o jsonpath=\\[u2026]'],
    ['~/.kube', '\\(ti/.kube'],
  ] as const) {
    it(`have ${text} as it is typed`, () => {
      expect(roff(text)).to.include(page.replace('\\[aq]', '\\(aqx\\(aq'));
    });
  }

  it('have terms with what a user puts in set apart, texts in short lines, and no empty section', () => {
    expect(terms([['-n, --name=<name>', 'its name']])).to.equal(
      '.TP\n\\fB\\-n, \\-\\-name=\\fR\\fIname\\fR\nits name\n',
    );
    expect(folded('word '.repeat(40).trim()).split('\n').length).to.equal(3);
    expect(section('OPTIONS', '')).to.equal('');
    expect(typed([])).to.equal('');
  });
});
