import headless from '@xterm/headless';
import { expect } from 'chai';
import { screenOf } from '../../install/record/screen.ts';

/** What a terminal of 20 columns and 3 rows shows once all of `text` was written to it. */
async function shown(text: string) {
  const terminal = new headless.Terminal({ cols: 20, rows: 3, allowProposedApi: true });
  await new Promise<void>(resolve => terminal.write(text, resolve));
  return screenOf(terminal);
}

describe('what a terminal shows', () => {
  it('is its lines, without the blanks at their ends, and where the cursor is', async () => {
    expect(await shown('one  \r\n\r\n$ ')).to.deep.equal({
      lines: [[{ column: 0, text: 'one' }], [], [{ column: 0, text: '$' }]],
      cursor: { column: 2, row: 2 },
    });
  });

  it('has words of another look apart, at their columns', async () => {
    const { lines } = await shown('a \u001b[32mgreen\u001b[0m \u001b[1mbold\u001b[0m \u001b[2mdim');
    expect(lines[0]).to.deep.equal([
      { column: 0, text: 'a' },
      { column: 2, text: 'green', colour: 2 },
      { column: 8, text: 'bold', bold: true },
      { column: 13, text: 'dim', dim: true },
    ]);
  });

  it('is what is left after lines were drawn again, and after it has scrolled', async () => {
    const { lines } = await shown('1\r\n2\r\n3\r\n4 waiting\r\u001b[K4 done');
    expect(lines.flat().map(({ text }) => text)).to.deep.equal(['2', '3', '4 done']);
  });
});
