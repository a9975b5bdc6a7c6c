import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { exitCodesTable } from '../../install/reference/words.ts';
import { ROOT } from '../acceptance/harness/settings.ts';
import { cliConfig } from '../plugin/harness.ts';

const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).sort();
const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** The anchor that a heading gets. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe('the documentation', () => {
  for (const page of PAGES) {
    it(`${page} links only to what is there`, () => {
      for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        expect(existsSync(join(ROOT, file)), target).to.equal(true);
        if (anchor) expect(anchorsOf(file), target).to.include(anchor);
      }
    });
  }

  it('has an index of every page', () => {
    const index = read('docs/README.md');
    const missing = PAGES.filter(page => page.startsWith('docs/') && page !== 'docs/README.md').filter(
      page => !index.includes(`](${page.slice('docs/'.length)})`),
    );
    expect(missing).to.deep.equal([]);
  });

  it('README.md has the table of exit codes', () => {
    // the formatter pads tables
    const unpadded = read('README.md').replace(/ +\|/g, ' |').replace(/-{3,}/g, '---');
    expect(unpadded).to.include(exitCodesTable());
  });

  it('README.md names every command', async () => {
    const config = await cliConfig();
    const table = /\| command +\|(.+\n)+/.exec(read('README.md'))?.[0] ?? '';
    const words = config.commands.filter(({ hidden }) => !hidden).map(({ id }) => id.split(':').at(-1)!);
    const told = new Set(['help', 'options', 'version']); // what every program has
    const missing = words.filter(word => !told.has(word) && !new RegExp(`[\` ]${word}[\` ]`).test(table));
    expect(missing).to.deep.equal([]);
  });

  it('docs/architecture.md stays below two screens', () => {
    expect(read('docs/architecture.md').split('\n').length).to.be.at.most(100);
  });
});
