import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { framesOf } from '../../install/record/frames.ts';
import type { Screen } from '../../install/record/screen.ts';
import { AFTERWARDS, SESSION } from '../../install/record/session.ts';
import { filmSvg } from '../../install/record/svg.ts';
import { run } from '../acceptance/harness/cli.ts';
import { type Embedded, makeEmbedded } from '../acceptance/harness/embedded.ts';
import { KRT_BIN, ROOT, TEST_TIMEOUT_MS } from '../acceptance/harness/settings.ts';

const SVG = readFileSync(join(ROOT, 'docs/krt.svg'), 'utf8');
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const screen = (text: string): Screen => ({ lines: [[{ column: 0, text }]], cursor: { column: 0, row: 0 } });

describe('the recorded session', () => {
  it('is of the commands in install/record/session.ts: if not, run npm run record', () => {
    const told = SESSION.map(({ command }) => `$ ${escaped(command)}`).join('\n');
    expect(SVG).to.include(`${told}</desc>`);
  });

  it('is small, stands on the README, and takes nothing from outside', () => {
    expect(SVG.length).to.be.below(200 * 1024);
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).to.include('](docs/krt.svg)');
    expect(SVG.match(/href="(?!#)|url\(|@import|<script|<image|<foreignObject/g)).to.equal(null);
  });

  it('shows changes that come at once as one, and keeps nobody waiting', () => {
    const seen = [0, 10, 100, 9_000].map((ms, i) => ({ ms, screen: screen(`${i}`) }));
    expect(framesOf(seen).map(({ ms, screen }) => [screen.lines[0]![0]!.text, ms])).to.deep.equal([
      ['1', 100],
      ['2', 1_200],
      ['3', 6_000],
    ]);
  });

  it('draws each line once, and what it says as it is', () => {
    const frames = ['a < b', 'a < b', '& c'].map(text => ({ screen: screen(text), ms: 100 }));
    const svg = filmSvg(frames, { columns: 10, rows: 2, title: 't', description: 'd' });
    expect(svg.match(/a &lt; b/g)).to.have.length(1);
    expect(svg.match(/<use href="#l0"/g)).to.have.length(2);
    expect(svg).to.include('&amp; c').and.include('33.333%{transform:translateX(-112px)}');
  });

  describe('works when it is typed', function () {
    this.timeout(TEST_TIMEOUT_MS);
    let embedded: Embedded;
    let env: NodeJS.ProcessEnv;
    before(async () => {
      embedded = await makeEmbedded();
      const bin = join(embedded.home, 'bin');
      mkdirSync(bin);
      symlinkSync(KRT_BIN, join(bin, 'krt'));
      env = { ...embedded.env, PATH: `${bin}${delimiter}${embedded.env['PATH']}` };
    });
    after(() => embedded.end());

    for (const { command, exits = 0 } of [...SESSION, { command: AFTERWARDS }]) {
      it(`$ ${command}`, async () => {
        const { code, stdout, stderr } = await run('bash', ['-c', command], { env, cwd: ROOT });
        expect(code, stderr).to.equal(exits);
        expect(stdout).not.to.equal('');
      });
    }
  });
});
