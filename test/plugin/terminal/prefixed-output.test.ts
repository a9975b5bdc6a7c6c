import { expect } from 'chai';
import { makeLogOutput } from '../../../plugin/terminal/log-output.ts';
import { prefixedOutput } from '../../../plugin/terminal/prefixed-output.ts';
import { makeFakeOutput } from '../../fakes/streams.ts';

describe('output of one of many programs', () => {
  const open = () => {
    const [stdout, stderr] = [makeFakeOutput(), makeFakeOutput()];
    const base = makeLogOutput({ stdout, stderr });
    return { stdout, stderr, base, of: (prefix: string) => prefixedOutput(base, prefix) };
  };

  it('is whole lines, each behind its prefix, whatever the chunks', async () => {
    const { stdout, stderr, base, of } = open();
    const [a, b] = [of('a | '), of('b | ')];
    for (const [output, text] of [
      [a, 'on'],
      [b, 'x\ny'],
      [a, 'e\n\ntwo\n'],
      [b, '\n'],
    ] as const) {
      await output.write('stdout', Buffer.from(text));
    }
    await a.write('stderr', Buffer.from('oops\n'));
    await base.end();
    expect(stdout.text).to.equal('b | x\na | one\na | \na | two\nb | y\n');
    expect(stderr.text).to.equal('a | oops\n');
  });

  it('ends a last line that has no end', async () => {
    const { stdout, base, of } = open();
    const a = of('a | ');
    await a.write('stdout', Buffer.from('half'));
    await a.end();
    await base.end();
    expect(stdout.text).to.equal('a | half\n');
  });

  it('shows a line without end in parts, and loses no byte of it', async () => {
    const { stdout, base, of } = open();
    const a = of('');
    for (let i = 0; i < 5; i++) await a.write('stdout', Buffer.alloc(40_000, 'x'));
    await a.end();
    await base.end();
    expect(stdout.text.replaceAll('\n', '').length).to.equal(200_000);
    expect(stdout.text.split('\n').length).to.equal(5);
  });
});
