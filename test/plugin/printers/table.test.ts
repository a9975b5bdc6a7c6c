import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { Kind } from '../../../plugin/printers/column.ts';
import { RUNS } from '../../../plugin/printers/runs.ts';
import { RUNTIMES } from '../../../plugin/printers/runtimes.ts';
import { plain, tableText } from '../../../plugin/printers/table.ts';

const table = (...rows: string[][]) => tableText(rows.map(row => row.map(plain)));

describe('a table', () => {
  it('has three spaces between columns, six columns at least for each, and nothing behind the last', () => {
    expect(table(['NAME', 'N', 'AGE'], ['a', '1', '5m'], ['longer', '22', ''])).to.equal(
      'NAME     N     AGE\na        1     5m\nlonger   22    \n',
    );
  });

  it('is nothing without rows, and a list with one column', () => {
    expect(table()).to.equal('');
    expect(table(['NAME'], ['a'])).to.equal('NAME\na\n');
  });

  it('keeps the first line of a cell, harmless for a terminal', () => {
    expect(table(['one\ntwo', 'a\tb', '\u001b]0;x\u0007'])).to.equal('one...   a b   ^[]0;x^G\n');
  });

  it('never shortens a cell, whatever its letters are', () => {
    expect(table(['日本語', 'x'], ['a', 'y'])).to.equal('日本語   x\na        y\n');
  });

  it('keeps the widths of the rows before', () => {
    const widths: number[] = [];
    tableText([['long-name', 'x'].map(plain)], widths);
    expect(tableText([['a', 'y'].map(plain)], widths)).to.equal('a           y\n');
  });

  it('is coloured without being moved', () => {
    const red = (text: string) => `<${text}>`;
    expect(tableText([[{ text: 'a', paint: red }, plain('x')]])).to.equal('<a>     x\n');
  });

  for (const [file, kind] of [
    ['runs', RUNS],
    ['runtimes', RUNTIMES],
  ] as const) {
    it(`of ${file} has the columns of the CRD`, () => {
      const crd = parse(readFileSync(join(import.meta.dirname, `../../../crds/kruntimes.io_${file}.yaml`), 'utf8'));
      const printed = crd.spec.versions[0].additionalPrinterColumns as { name: string; priority?: number }[];
      const columns = (kind as Kind<never>).columns.map(({ title, wide }) => [title, wide ?? false]);
      expect(columns).to.deep.equal([
        ['NAME', false],
        ...printed.map(({ name, priority }) => [name.toUpperCase(), (priority ?? 0) > 0]),
      ]);
    });
  }
});
