import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { mapSummary } from '../../../../plugin/printers/map-summary.ts';
import { draftMap } from '../../../../plugin/services/map/draft-map.ts';
import { argsFor, readItems } from '../../../../plugin/services/map/items.ts';
import { makeRun } from '../../../builders/run.ts';

const stdin = (text: string) => Readable.from([Buffer.from(text)]);

describe('the items of krt map', () => {
  const dir = mkdtempSync(join(tmpdir(), 'krt-items-'));
  after(() => rmSync(dir, { recursive: true }));

  it('are the lines that are not empty, of a file or stdin', async () => {
    writeFileSync(join(dir, 'items'), 'a b\r\n\n  \nc');
    expect(await readItems(join(dir, 'items'), stdin(''))).to.deep.equal(['a b', 'c']);
    expect(await readItems('-', stdin('x\ny\n'))).to.deep.equal(['x', 'y']);
  });

  for (const [title, text, error] of [
    ['nothing', '', '--each -: stdin is empty'],
    ['empty lines alone', '\n \n', 'it has empty lines alone'],
    ['more than krt takes', 'x\n'.repeat(10_001), 'it has more than 10000 lines'],
  ] as const) {
    it(`can't be ${title}`, async () => {
      const failure = await readItems('-', stdin(text)).catch((error: Error) => error);
      expect((failure as Error).message).to.include(error);
    });
  }

  for (const [args, words] of [
    [[], ['x{}$&']],
    [['a'], ['a', 'x{}$&']],
    [
      ['{}', 'b'],
      ['x{}$&', 'b'],
    ],
    [
      ['--in={}', '{}.out{}'],
      ['--in=x{}$&', 'x{}$&.outx{}$&'],
    ],
  ] as const) {
    it(`go into ${JSON.stringify(args)} as ${JSON.stringify(words)}`, () => {
      expect(argsFor('x{}$&', args)).to.deep.equal(words);
    });
  }

  it('become drafts of one program and one label', async () => {
    const options = { runtime: 'bash', inline: 'echo $1', labels: { team: 'a' }, args: [] };
    const drafts = await draftMap(['x', 'y'], options, { stdin: stdin(''), random: () => 0 });
    expect(drafts.map(({ item, run }) => [item, run.spec.args, run.spec.source])).to.deep.equal([
      ['x', ['x'], { inline: 'echo $1' }],
      ['y', ['y'], { inline: 'echo $1' }],
    ]);
    for (const { run } of drafts) {
      expect(run.metadata).to.deep.equal({
        generateName: 'bash-',
        labels: { team: 'a', 'kruntimes.io/map': 'bbbbb' },
      });
    }
  });

  it('are no commands by themselves', async () => {
    const failure = await draftMap(['x'], { runtime: 'bash' }, { stdin: stdin(''), random: () => 0 }).catch(
      error => error,
    );
    expect(failure.message).to.include('nothing to run');
  });

  it('are counted by how their Runs ended', () => {
    const of = (phase: 'Succeeded' | 'Failed') => makeRun('a').status({ phase }).obj();
    const results = [of('Succeeded'), undefined, of('Failed'), of('Succeeded')].map(run => ({ item: 'x', run }));
    expect(mapSummary(results)).to.equal('4 Runs: 2 Succeeded, 1 Failed, 1 not started\n');
  });
});
